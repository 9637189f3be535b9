import { readFile, writeFile } from 'node:fs/promises'
import { dashboardFile } from '../monitoring/dashboard-file.ts'
import { rulesFile } from '../monitoring/rules-file.ts'
import { withChanges } from './chart-changes.ts'
import { readSchema, valuesFile, valuesTable } from './chart-values.ts'
import { exportTable } from './export-options.ts'
import { identityPolicies, withPolicies } from './identity-policies.ts'
import { metricsTable } from './metrics-table.ts'
import { migratePages, withOutput } from './migrate-pages.ts'
import { namesTables } from './names-tables.ts'
import { withExamples } from './operations/examples.ts'
import { withSection } from './section.ts'
import { settingsTable } from './settings.ts'

/** `npm run docs`: writes the generated parts of the pages, and of the chart. */
const schema = await readSchema()
await rewrite('docs/reference/settings.md', text => withSection(text, 'settings', settingsTable()))
await rewrite('docs/reference/metrics.md', async text => withSection(text, 'metrics', await metricsTable()))
await rewrite('docs/reference/secrets.md', text =>
  Object.entries(namesTables()).reduce((changed, [name, table]) => withSection(changed, name, table), text),
)
await rewrite('docs/consumers/export.md', text => withSection(text, 'export', exportTable()))
for (const page of Object.keys(identityPolicies)) await rewrite(page, text => withPolicies(page, text))
await rewrite('docs/operations.md', withExamples)
await rewrite('deploy/chart/README.md', text => withSection(text, 'values', valuesTable(schema)))
await rewrite('deploy/chart/values.yaml', () => valuesFile(schema))
const changelog = await readFile('CHANGELOG.md', 'utf8')
await rewrite('deploy/chart/Chart.yaml', text => withChanges(text, changelog))

for (const page of await migratePages()) await rewrite(page, withOutput)
await rewrite('deploy/monitoring/rules.yaml', rulesFile)
for (const file of ['deploy/monitoring/dashboard.json', 'deploy/chart/files/dashboard.json']) await rewrite(file, dashboardFile)

async function rewrite(file: string, change: (text: string) => string | Promise<string>): Promise<void> {
  await writeFile(file, await change(await readFile(file, 'utf8')))
}
