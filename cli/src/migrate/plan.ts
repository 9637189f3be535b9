import { labelSteps, type Mark, marksOf, verifySteps } from './label-steps.ts'
import { type Move, phases, type Step, type Values } from './move.ts'
import { type Problem, problemText } from './problem.ts'
import { installStep } from './release.ts'

/** Everything that is printed. */
export interface Plan {
  from: string
  values: Values
  marks: readonly Mark[]
  steps: readonly Step[]
  notes: readonly string[]
  problems: readonly string[]
}

/** Puts the commands of a move into their order. Without anything to install, there are no commands. */
export function planOf(from: string, { values, secrets, steps, installFirst, notes, problems }: Move): Plan {
  const isEmpty = Object.keys(values).length === 0 && secrets.length === 0 && steps.length === 0
  // A tool may need a label of a namespace earlier than the others.
  const labels = labelSteps(secrets).filter(({ command }) => steps.every(step => step.command !== command))
  const all = isEmpty ? [] : [...steps, installStep(installFirst), ...labels, ...verifySteps(secrets)]
  const order = installFirst ? phases : (['prepare', 'stop', 'install', 'label', 'verify', 'remove'] as const)
  return {
    from,
    values,
    marks: marksOf(secrets),
    steps: order.flatMap(phase => all.filter(step => step.phase === phase)),
    notes: isEmpty ? [] : [...new Set(notes)],
    problems: [...new Set(problems.map((problem: Problem) => problemText(problem)))],
  }
}
