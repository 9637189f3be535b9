import { slugger } from '../docs/markdown.ts'
import { siteLink } from './urls.ts'

/** What is used of markdown-it, which is not installed with the other packages. https://markdown-it.github.io/markdown-it/ */
export interface MarkdownIt {
  core: { ruler: { push: (name: string, rule: (state: { tokens: Token[]; env: { source: string } }) => void) => void } }
  renderer: { rules: Record<string, Rule | undefined> }
}

type Rule = (tokens: Token[], index: number, ...rest: unknown[]) => string

export interface Token {
  type: string
  info: string
  content: string
  children: Token[] | null
  attrGet: (name: string) => string | null
  attrSet: (name: string, value: string) => void
}

/**
 * Gives headings the anchors that they have on GitHub, and cells the names of their columns. Rewrites links for the website, lets wide tables
 * scroll, and draws diagrams.
 *
 * @param drawn the SVG of a diagram in Mermaid's language
 */
export function configureMarkdown(md: MarkdownIt, drawn: (diagram: string) => string): void {
  md.core.ruler.push('site', ({ tokens, env }) => {
    const slug = slugger()
    let columns: string[] = []
    let column = 0
    for (const [at, token] of tokens.entries()) {
      if (token.type === 'heading_open') token.attrSet('id', slug(textOf(tokens[at + 1])))
      if (token.type === 'thead_open') columns = []
      if (token.type === 'tr_open') column = 0
      if (token.type === 'th_open') columns.push(textOf(tokens[at + 1]))
      // On a narrow screen, a row is shown as a list of its cells with their names.
      if (token.type === 'td_open') token.attrSet('data-column', columns[column++] ?? '')
      for (const child of token.children ?? []) rewrite(child, env.source)
    }
  })
  const { rules } = md.renderer
  // A region that scrolls must be reachable by the keyboard.
  rules.table_open = () => '<div class="table" tabindex="0">\n<table>\n'
  rules.table_close = () => '</table>\n</div>\n'
  const fence = rules.fence
  rules.fence = (tokens, index, ...rest) => {
    const { info = '', content = '' } = tokens[index] ?? {}
    if (info.trim() === 'mermaid') return `<figure class="diagram" tabindex="0">${drawn(content)}</figure>\n`
    return (fence?.(tokens, index, ...rest) ?? '').replace('<pre>', '<pre tabindex="0">')
  }
}

function rewrite(token: Token, source: string): void {
  for (const name of ['href', 'src']) {
    const target = token.attrGet(name)
    if (target !== null) token.attrSet(name, siteLink(source, target))
  }
}

function textOf(inline: Token | undefined): string {
  return (inline?.children ?? [])
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('')
}
