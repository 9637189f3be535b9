import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { brokenLinks } from '../broken-links.ts'
import { anchorsOf, linksOf, slugger } from '../markdown.ts'
import { readPages, root } from '../pages.ts'

const pages = await readPages()

t.test('every link of a page leads to a file, and to a heading in it', async t => {
  t.same(
    brokenLinks(pages, path => existsSync(resolve(root, path))),
    [],
  )
})

t.test('a link to a file or a heading that does not exist is reported with its line', async t => {
  const found = new Map([
    ['docs/a.md', '# A\n[1](b.md#b) [2](b.md#c)\n[3](c.md) [4](#a) [5](../x) [6](https://x/#y)\n![7](d.svg)'],
    ['docs/b.md', '# B'],
  ])
  t.same(
    brokenLinks(found, path => path === 'x' || found.has(path)),
    ['docs/a.md:2: b.md#c', 'docs/a.md:3: c.md', 'docs/a.md:4: d.svg'],
  )
})

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
