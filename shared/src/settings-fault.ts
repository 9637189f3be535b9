import { Fault } from './fault.ts'

/**
 * Creates one fault for a list of problems of the form `NAME: found …, wanted …`. Several problems are listed on lines of their own, and
 * the last line, which becomes the pod's termination message, names the faulty settings in one sentence. If all names are those of a command
 * line (`--output`, `<target>`), it calls them options.
 */
export function settingsFault(problems: string[]): Fault {
  const [only = ''] = problems
  const areOptions = problems.every(problem => /^[-<]/.test(problem))
  const kind = areOptions ? 'option' : 'setting'
  const count = `${problems.length} faulty ${kind}s`
  return new Fault('settings', {
    found:
      problems.length === 1 ? `a faulty ${kind}, ${only}` : `${count}:\n  - ${problems.join('\n  - ')}\n${count}: ${namesIn(problems)}`,
    wanted: areOptions ? 'options as --help lists them' : 'settings as docs/reference/settings.md lists them',
    todo: `Correct ${problems.length === 1 ? 'it' : 'them'}, then ${areOptions ? 'run it' : 'start'} again.`,
  })
}

/** A sentence with more names is hard to read. The list above it contains all of them. */
const maxNames = 10

function namesIn(problems: string[]): string {
  const names = [...new Set(problems.map(problem => problem.split(': ', 1)[0]))]
  return names.length <= maxNames ? names.join(', ') : `${names.slice(0, maxNames).join(', ')} and ${names.length - maxNames} more`
}
