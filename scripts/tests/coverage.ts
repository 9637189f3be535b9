import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { isEffects } from './layout.ts'

/** Of the lines of each file that reaches nothing, in percent: what reaches the outside is proved by the other suites. */
const floor = 95

const root = resolve(import.meta.dirname, '../..')

/** The pure files of the product that the unit tests ran less of than the floor asks for, a line each, from the report that tap wrote. */
export async function lessCovered(report = resolve(root, '.tap/report/coverage-summary.json')): Promise<string[]> {
  const { total: _, ...files }: Record<string, { lines: { pct: number } }> = JSON.parse(await readFile(report, 'utf8'))
  return Object.entries(files)
    .map(([file, { lines }]) => ({ path: relative(root, file), percent: lines.pct }))
    .filter(({ path, percent }) => /^(shared|webhook|cronjob|cli)\/src\//.test(path) && !isEffects(path) && percent < floor)
    .map(({ path, percent }) => `${path}: ${percent} % of its lines are run by unit tests, wanted ${floor} %`)
}
