import { readInput } from './files/read-input.ts'
import { parseText } from './input/parse-text.ts'
import { migrate } from './migrate.ts'
import { type MigrateOptions, readOptions } from './options.ts'
import { report } from './report.ts'
import { toolNamed, tools } from './tools/tools.ts'

/**
 * `ecr-anywhere migrate FROM`: prints values and commands, and changes nothing.
 *
 * @returns 1 if something was not understood
 * @throws Fault `settings`, or `transient` if the API server does not answer
 */
export async function main(given: Omit<MigrateOptions, 'from'>, argument?: string): Promise<number> {
  const names = tools.map(({ name }) => name)
  const { from, file, context, namespace, output } = readOptions({ ...given, ...(argument !== undefined && { from: argument }) }, names)
  const tool = toolNamed(from)
  const scope = { namespace: namespace ?? 'default' }
  // The client of Kubernetes takes most of the time to load, and a file does not need it.
  const input =
    file === undefined
      ? await (await import('./kube/read-cluster.ts')).readCluster(tool.wanted, { context, namespace })
      : parseText(await readInput(file), scope)
  const plan = migrate(tool, input, scope)
  process.stdout.write(report(plan, output))
  return plan.problems.length === 0 ? 0 : 1
}
