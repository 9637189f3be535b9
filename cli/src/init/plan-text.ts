import type { Paint } from '../terminal/paint.ts'
import type { InitPlan } from './plan.ts'

/** What is printed beside the files: what was found, which files there are, and the next commands in their order. */
export function planText({ directory, files, notes, steps }: InitPlan, { isWritten, paint }: { isWritten: boolean; paint: Paint }): string {
  const written = isWritten ? [`Wrote ${files.map(({ path }) => `${directory}/${path}`).join(', ')}.`, ''] : []
  return [
    ...notes.map(note => `- ${note}`),
    '',
    ...written,
    `Next, in this order (also in ${directory}/commands.sh):`,
    ...steps.flatMap(({ why, command }) => ['', paint(`# ${why}`, 'dim'), command]),
    '',
  ].join('\n')
}

/** All files in one text, each after a line with its name, as `head` prints several files. */
export function filesText({ directory, files }: InitPlan): string {
  return files.map(({ path, text }) => `==> ${directory}/${path} <==\n${text}`).join('\n')
}
