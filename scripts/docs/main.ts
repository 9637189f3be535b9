import { readFile, writeFile } from 'node:fs/promises'
import { withSection } from './section.ts'
import { settingsTable } from './settings.ts'

/** `npm run docs`: writes the generated parts of the pages. */
await writeFile('README.md', withSection(await readFile('README.md', 'utf8'), 'settings', settingsTable()))
