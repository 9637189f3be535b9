import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'

/** @throws Fault `settings` that lists every problem at once, if there is one */
export function refuse(problems: string[]): void {
  if (problems.length > 0) throw settingsFault(problems)
}
