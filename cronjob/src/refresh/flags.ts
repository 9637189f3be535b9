import { dnsLabel } from '@ecr-anywhere/shared/name-patterns.ts'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'

/** The flags as given on the command line. */
export interface RefreshFlags {
  dryRun?: boolean
  force?: boolean
  namespace?: string
  output?: string
}

export interface ReadFlags {
  dryRun: boolean
  force: boolean
  namespace: string | undefined
  output: 'text' | 'json'
}

/** @throws Fault `settings` that lists every problem at once */
export function readFlags({ dryRun = false, force = false, namespace, output = 'text' }: RefreshFlags): ReadFlags {
  const isOutput = output === 'text' || output === 'json'
  const problems = [
    ...(isOutput ? [] : [`--output: found ${JSON.stringify(output)}, wanted text or json`]),
    ...(namespace === undefined || dnsLabel.test(namespace)
      ? []
      : [`--namespace: found ${JSON.stringify(namespace)}, wanted the name of a namespace`]),
  ]
  if (!isOutput || problems.length > 0) throw settingsFault(problems)
  return { dryRun, force, namespace, output }
}
