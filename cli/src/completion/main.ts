import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import type { Options } from '../subcommands.ts'
import { script } from './script.ts'
import { shells } from './shells.ts'

/** `ecr-anywhere completion SHELL`: prints the script that a shell sources. @returns 0 @throws Fault `settings` */
export async function main(_: Options, argument = ''): Promise<number> {
  const shell = shells.find(one => one === argument)
  if (shell === undefined) throw settingsFault([`<shell>: found ${JSON.stringify(argument)}, wanted ${shells.join(', ')}`])
  process.stdout.write(script(shell))
  return 0
}
