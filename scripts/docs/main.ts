import { readFile, writeFile } from 'node:fs/promises'
import { imagePattern } from '@ecr-anywhere/shared/registry.ts'
import { dashboardFile } from '../monitoring/dashboard-file.ts'
import { rulesFile } from '../monitoring/rules-file.ts'
import { withChanges } from './chart-changes.ts'
import { readSchema, valuesFile, valuesTable } from './chart-values.ts'
import { exportTable } from './export-options.ts'
import { migratePages, withOutput } from './migrate-pages.ts'
import { withExamples } from './operations/examples.ts'
import { withSection } from './section.ts'
import { settingsTable } from './settings.ts'

/** `npm run docs`: writes the generated parts of the pages, and of the chart. */
const schema = await readSchema()
await rewrite('README.md', text => withSection(text, 'settings', settingsTable()))
await rewrite('docs/federation.md', text => withSection(text, 'export', exportTable()))
await rewrite('docs/operations.md', withExamples)
await rewrite('deploy/chart/README.md', text => withSection(text, 'values', valuesTable(schema)))
await rewrite('deploy/chart/values.yaml', () => valuesFile(schema))
const changelog = await readFile('CHANGELOG.md', 'utf8')
await rewrite('deploy/chart/Chart.yaml', text => withChanges(text, changelog))

await rewrite('deploy/chart/files/ecr-images.txt', () => `${imagePattern}\n`)
for (const page of await migratePages()) await rewrite(page, withOutput)
await rewrite('deploy/monitoring/rules.yaml', rulesFile)
for (const file of ['deploy/monitoring/dashboard.json', 'deploy/chart/files/dashboard.json']) await rewrite(file, dashboardFile)

async function rewrite(file: string, change: (text: string) => string | Promise<string>): Promise<void> {
  await writeFile(file, await change(await readFile(file, 'utf8')))
}
