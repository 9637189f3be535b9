import { readdir, readFile } from 'node:fs/promises'
import { formats, sourceNames } from '@ecr-anywhere/cli/export/options.ts'
import t from 'tap'
import { exportTable } from '../export-options.ts'
import { withSection } from '../section.ts'

const file = new URL('../../../docs/consumers/export.md', import.meta.url)
const page = await readFile(file, 'utf8')

t.test('the table of options is the one that the command line is made of (else: npm run docs)', async t => {
  t.equal(withSection(page, 'export', exportTable()), page)
})

t.test('each source has a section, and each format and each recipe has a row', async t => {
  for (const name of sourceNames) t.match(page, new RegExp(`^### \`${name}\``, 'm'), name)
  for (const name of formats) t.match(page, new RegExp(`^\\| \`${name}\` \\| `, 'm'), name)
  for (const name of await readdir(new URL('../../deploy/examples/federation/', file)))
    t.match(page, `| [${name}](../../deploy/examples/federation/${name}) |`)
})
