import { documentText } from '../terminal/document.ts'
import type { Format } from './options.ts'
import type { Plan } from './plan.ts'
import { valuesFile } from './release.ts'

/** The plan as text. It is plain ASCII apart from ellipses, and has no colours. */
export function report(plan: Plan, format: Format): string {
  return format === 'text' ? textOf(plan) : documentText(format, documentOf(plan))
}

function documentOf({ from, values, marks, steps, notes, problems }: Plan) {
  return { from, values, marks, commands: steps, notes, notUnderstood: problems }
}

function textOf({ values, marks, steps, notes, problems }: Plan): string {
  const sections: [title: string, lines: readonly string[]][] = [
    [
      `VALUES for the chart, for the file ${valuesFile}`,
      Object.keys(values).length === 0 ? [] : documentText('yaml', values).trimEnd().split('\n'),
    ],
    [
      'LABELS AND ANNOTATIONS that the commands below set',
      marks.flatMap(({ object, set }) => Object.entries(set).map(([key, value]) => `${object}: ${key}=${value}`)),
    ],
    ['COMMANDS, in this order', steps.flatMap(({ phase, command, why }) => [`# ${phase}: ${why}`, command])],
    ['NOTES', notes.map(note => `- ${note}`)],
    ['NOT UNDERSTOOD', problems.map(problem => `- ${problem}`)],
  ]
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n\n${lines.join('\n')}\n`)
    .join('\n')
}
