import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { dnsLabel } from './names.ts'

/** The options as commander hands them on. */
export interface MigrateOptions {
  from?: string
  file?: string
  fromCluster?: boolean
  context?: string
  namespace?: string
  output?: string
}

export const formats = ['text', 'json', 'yaml'] as const
export type Format = (typeof formats)[number]

export interface MigrateSettings {
  from: string
  /** A path, or `-` for stdin; undefined: the cluster is read. */
  file: string | undefined
  context: string | undefined
  /** Of objects that name none; from a cluster, the only one that is read. */
  namespace: string | undefined
  output: Format
}

/** @param tools the names that FROM may have @throws Fault `settings` that lists every problem at once */
export function readOptions(
  { from = '', file, fromCluster, context, namespace, output = 'text' }: MigrateOptions,
  tools: readonly string[],
) {
  const problems = [
    ...(tools.includes(from) ? [] : [`FROM: found ${JSON.stringify(from)}, wanted one of ${tools.join(', ')}`]),
    ...((file === undefined) === (fromCluster !== true)
      ? [`-f and --from-cluster: found ${file === undefined ? 'neither' : 'both'}, wanted -f FILE, -f - for stdin, or --from-cluster`]
      : []),
    ...(context !== undefined && fromCluster !== true
      ? ['--context: found it without --from-cluster, wanted it only together with --from-cluster']
      : []),
    ...(namespace !== undefined && !dnsLabel.test(namespace)
      ? [`--namespace: found ${JSON.stringify(namespace)}, wanted the name of a namespace`]
      : []),
    ...(formats.some(format => format === output) ? [] : [`--output: found ${JSON.stringify(output)}, wanted text, json or yaml`]),
  ]
  if (problems.length > 0) throw settingsFault(problems)
  return { from, file, context, namespace, output: output as Format } satisfies MigrateSettings
}
