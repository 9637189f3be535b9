import { readFile } from 'node:fs/promises'
import t from 'tap'
import { withSection } from '../section.ts'
import { settingsTable } from '../settings.ts'

const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')

t.test('the table of settings in the README agrees with the schema (if not, run `npm run docs`)', async t => {
  t.equal(withSection(readme, 'settings', settingsTable()), readme)
})

t.test('every file and folder that the README links to exists', async t => {
  for (const [, link = ''] of readme.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)) {
    await t.resolves(readFile(new URL(`../../../${link}`, import.meta.url)).catch(onlyFolders), link)
  }
})

function onlyFolders(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EISDIR') throw error
}
