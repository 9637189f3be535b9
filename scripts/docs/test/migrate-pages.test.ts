import { readFile } from 'node:fs/promises'
import { tools } from '@ecr-anywhere/cli/migrate/tools/tools.ts'
import t from 'tap'
import { exampleIn, migratePages, readPage, withOutput } from '../migrate-pages.ts'

const pages = await migratePages()

t.test('every tool has a page, and the index links to it', async t => {
  const names = tools.map(({ name }) => name)
  t.same(
    pages,
    names.map(name => `docs/migrate/${name}.md`),
  )
  const index = await readFile(new URL('../../../docs/migrate/README.md', import.meta.url), 'utf8')
  for (const name of names) t.match(index, new RegExp(`^\\| \`${name}\` \\| .+ \\| \\[.+\\]\\(${name}\\.md\\) \\|$`, 'm'))
})

for (const page of pages) {
  t.test(`${page}: the output is the one that its command prints for its example (otherwise run npm run docs)`, async t => {
    const text = await readPage(page)
    t.equal(await withOutput(text), text)
    t.equal(exampleIn(text).args[1], /([\w-]+)\.md$/.exec(page)?.[1])
    for (const heading of ['What changes for you', 'Example', 'Why this order', 'How to go back']) t.match(text, `\n## ${heading}\n`)
  })
}
