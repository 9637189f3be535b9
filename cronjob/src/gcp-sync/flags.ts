import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'

/** The flags as given on the command line. */
export interface GcpSyncFlags {
  dryRun?: boolean
  force?: boolean
  output?: string
}

/** @throws Fault `settings` */
export function readFlags({ dryRun = false, force = false, output = 'text' }: GcpSyncFlags): {
  dryRun: boolean
  force: boolean
  output: 'text' | 'json'
} {
  if (output === 'text' || output === 'json') return { dryRun, force, output }
  throw settingsFault([`--output: found ${JSON.stringify(output)}, wanted text or json`])
}
