import t from 'tap'
import { configureMarkdown, type MarkdownIt, type Token } from '../markdown-plugin.ts'

type Rule = (state: { tokens: Token[]; env: { source: string } }) => void

/** The parts of markdown-it that are changed. `make docs` runs the real one. */
function changed() {
  const added: Rule[] = []
  const rules: MarkdownIt['renderer']['rules'] = { fence: (tokens, at) => `<pre><code>${tokens[at]?.content}</code></pre>` }
  configureMarkdown({ core: { ruler: { push: (_, rule) => void added.push(rule) } }, renderer: { rules } }, text => `<svg>${text}</svg>`)
  return { rules, apply: (tokens: Token[], source: string) => added.forEach(rule => void rule({ tokens, env: { source } })) }
}

function token(
  type: string,
  { children = null, attributes = {}, ...rest }: Partial<Token> & { attributes?: Record<string, string> } = {},
): Token {
  return {
    type,
    info: '',
    content: '',
    children,
    attrGet: name => attributes[name] ?? null,
    attrSet: (name, value) => void Object.assign(attributes, { [name]: value }),
    ...rest,
  }
}

t.test('headings have the anchors of GitHub', async t => {
  const text = () => token('inline', { children: [token('text', { content: 'The ' }), token('code_inline', { content: 'status' })] })
  const [first, second] = [token('heading_open'), token('heading_open')]
  changed().apply([first, text(), second, text()], 'docs/faq.md')
  t.same(
    [first, second].map(one => one.attrGet('id')),
    ['the-status', 'the-status-1'],
  )
})

t.test('links and images are those of the website', async t => {
  const link = token('link_open', { attributes: { href: 'security.md#boundaries' } })
  const image = token('image', { attributes: { src: 'images/how-it-works.svg' } })
  changed().apply([token('inline', { children: [link, image] })], 'docs/faq.md')
  t.equal(link.attrGet('href'), 'security.html#boundaries')
  t.equal(image.attrGet('src'), 'images/how-it-works.svg')
})

t.test('each cell has the name of its column', async t => {
  const inline = (content: string) => token('inline', { children: [token('text', { content })] })
  const cells = ['a', 'b', 'c', 'd'].map(() => token('td_open'))
  const heads = ['first', 'second'].flatMap(name => [token('th_open'), inline(name)])
  const rows = [cells.slice(0, 2), cells.slice(2)].flatMap(row => [token('tr_open'), ...row])
  changed().apply([token('thead_open'), token('tr_open'), ...heads, ...rows], 'docs/faq.md')
  t.same(
    cells.map(cell => cell.attrGet('data-column')),
    ['first', 'second', 'first', 'second'],
  )
})

t.test('tables and code scroll, and diagrams are drawn', async t => {
  const { rules } = changed()
  t.match(rules.table_open?.([], 0), '<div class="table" tabindex="0">')
  t.match(rules.table_close?.([], 0), '</table>\n</div>')
  t.equal(rules.fence?.([token('fence', { info: 'sh', content: 'ls' })], 0), '<pre tabindex="0"><code>ls</code></pre>')
  t.equal(
    rules.fence?.([token('fence', { info: 'mermaid', content: 'flowchart' })], 0),
    '<figure class="diagram" tabindex="0"><svg>flowchart</svg></figure>\n',
  )
})
