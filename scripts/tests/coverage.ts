import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { isEffects } from './layout.ts'

/** The required line coverage of each pure file, in percent. Files with effects are tested by the other suites. */
const floor = 95

/**
 * Folders that only the cluster suite covers. Each check of `doctor` is broken there on a real control plane, in
 * `cli/test/cluster/doctor/broken.test.ts`, which fails for a check without such a test.
 */
const foldersInClusterSuite = ['cli/src/doctor/checks/', 'cli/src/doctor/facts/']

/** The tests of the suite `command` get a token from each source. The file only loads the modules of one of them, all of which have effects. */
const filesInCommandSuite = ['cli/src/export/identity-token.ts']

const root = resolve(import.meta.dirname, '../..')

/** @returns a line for each pure file of the product with less coverage than required, from the report of tap */
export async function lessCovered(report = resolve(root, '.tap/report/coverage-summary.json')): Promise<string[]> {
  const { total: _, ...files }: Record<string, { lines: { pct: number } }> = JSON.parse(await readFile(report, 'utf8'))
  return Object.entries(files)
    .map(([file, { lines }]) => ({ path: relative(root, file), percent: lines.pct }))
    .filter(
      ({ path, percent }) =>
        /^(shared|webhook|cronjob|cli)\/src\//.test(path) && !isEffects(path) && !isInAnotherSuite(path) && percent < floor,
    )
    .map(({ path, percent }) => `${path}: found ${percent} % of its lines covered by unit tests, wanted ${floor} %`)
}

function isInAnotherSuite(path: string): boolean {
  return filesInCommandSuite.includes(path) || foldersInClusterSuite.some(folder => path.startsWith(folder))
}
