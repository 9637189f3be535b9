import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { isEffects } from './layout.ts'

/** The required line coverage of each pure file, in percent. Files with effects are tested by the other suites. */
const floor = 95

/** Files that only the cluster suite covers so far, in `cli/test/cluster/status.test.ts`. A file with unit tests of its own leaves this list. */
const inClusterSuite = new Set([
  'cli/src/cluster/cluster.ts',
  'cli/src/cluster/given.ts',
  'cli/src/release/cron-jobs.ts',
  'cli/src/release/last-runs.ts',
  'cli/src/status/cluster-status.ts',
  'cli/src/status/namespace-tenants.ts',
  'cli/src/status/settings.ts',
  'cli/src/status/status-document.ts',
  'cli/src/terminal/document.ts',
])

const root = resolve(import.meta.dirname, '../..')

/** @returns a line for each pure file of the product with less coverage than required, from the report of tap */
export async function lessCovered(report = resolve(root, '.tap/report/coverage-summary.json')): Promise<string[]> {
  const { total: _, ...files }: Record<string, { lines: { pct: number } }> = JSON.parse(await readFile(report, 'utf8'))
  return Object.entries(files)
    .map(([file, { lines }]) => ({ path: relative(root, file), percent: lines.pct }))
    .filter(
      ({ path, percent }) =>
        /^(shared|webhook|cronjob|cli)\/src\//.test(path) && !isEffects(path) && !inClusterSuite.has(path) && percent < floor,
    )
    .map(({ path, percent }) => `${path}: found ${percent} % of its lines covered by unit tests, wanted ${floor} %`)
}
