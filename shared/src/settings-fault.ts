import { Fault } from './fault.ts'

/**
 * Creates one fault for a list of problems of the form `NAME: found …, wanted …`. Several problems are listed on lines of their own, and
 * the last line, which becomes the pod's termination message, names the faulty settings in one sentence. If all of them are options of a
 * command line (`--output`, `<target>`), it calls them so. If one is, the message refers to the help of the command.
 */
export function settingsFault(problems: string[]): Fault {
  const [only = ''] = problems
  const areOptions = problems.every(isOption)
  const kind = areOptions ? 'option' : 'setting'
  const count = `${problems.length} faulty ${kind}s`
  return new Fault('settings', {
    found:
      problems.length === 1 ? `a faulty ${kind}, ${only}` : `${count}:\n  - ${problems.join('\n  - ')}\n${count}: ${namesIn(problems)}`,
    wanted: problems.some(isOption) ? 'options as --help lists them' : 'settings as docs/reference/settings.md lists them',
    todo: `Correct ${problems.length === 1 ? 'it' : 'them'}, then ${areOptions ? 'run it' : 'start'} again.`,
  })
}

function isOption(problem: string): boolean {
  return /^[-<]/.test(problem)
}

/** A sentence with more names is hard to read. The list above it contains all of them. */
const maxNames = 10

function namesIn(problems: string[]): string {
  const names = [...new Set(problems.map(problem => problem.split(': ', 1)[0]))]
  return names.length <= maxNames ? names.join(', ') : `${names.slice(0, maxNames).join(', ')} and ${names.length - maxNames} more`
}
