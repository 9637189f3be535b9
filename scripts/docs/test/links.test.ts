import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { anchorsOf, linksOf, resolved, slugger } from '../markdown.ts'
import { readPages, root } from '../pages.ts'

const pages = await readPages()

for (const [page, text] of pages) {
  t.test(`every link of ${page} leads to a file and to a heading in it`, async t => {
    for (const { target, line } of linksOf(text)) {
      const to = resolved(page, target)
      if (to === undefined) continue
      const at = `${page}:${line}: ${target}`
      t.ok(existsSync(resolve(root, to.path)), at)
      if (to.anchor !== '') t.ok(anchorsOf(pages.get(to.path) ?? '').has(to.anchor), at)
    }
  })
}

t.test('there are links to check, with anchors as well', async t => {
  const links = [...pages.values()].flatMap(linksOf)
  t.ok(links.length > 300)
  t.ok(links.filter(({ target }) => /^[^:]*#/.test(target)).length > 30)
})

t.test('anchors are those of GitHub', async t => {
  const page = [
    '# `status`: which Secrets, and why?',
    '## Not run',
    '```sh',
    '# no heading',
    '```',
    '## Not run',
    '## A [link](x.md)',
  ].join('\n')
  t.same([...anchorsOf(page)], ['status-which-secrets-and-why', 'not-run', 'not-run-1', 'a-link'])
  t.equal(slugger()('Über `a_b` – c'), 'über-a_b--c')
})

t.test('links in code are none, and those that are wrapped are found', async t => {
  const page = 'a `[b](c)` [d\ne](f.md#g)\n```text\n[h](i)\n```\n![j](k.svg)'
  t.same(linksOf(page), [
    { target: 'f.md#g', line: 2 },
    { target: 'k.svg', line: 6 },
  ])
})
