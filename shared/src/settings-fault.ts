import { Fault } from './fault.ts'

/**
 * One fault for a list of problems, each already a phrase of the form `NAME: found …, wanted …`. Several are listed one a line, and the last
 * line, which becomes the pod's termination message, says in one sentence which settings are at fault.
 */
export function settingsFault(problems: string[]): Fault {
  const [only = ''] = problems
  const count = `${problems.length} faulty settings`
  return new Fault('settings', {
    found:
      problems.length === 1 ? `a faulty setting, ${only}` : `${count}:\n  - ${problems.join('\n  - ')}\n${count}: ${namesIn(problems)}`,
    wanted: 'settings as the README lists them',
    todo: `Correct ${problems.length === 1 ? 'it' : 'them'}, then start again.`,
  })
}

/** A sentence may be read that has so many names; the list above it has all. */
const maxNames = 10

function namesIn(problems: string[]): string {
  const names = [...new Set(problems.map(problem => problem.split(': ', 1)[0]))]
  return names.length <= maxNames ? names.join(', ') : `${names.slice(0, maxNames).join(', ')} and ${names.length - maxNames} more`
}
