import type { Answers } from './answers.ts'
import { filesOf, type PlannedFile } from './planned-files.ts'
import { platformOf } from './platforms.ts'
import { type NextStep, scriptText, stepsOf } from './steps.ts'

/** Everything that `init` writes and prints. */
export interface InitPlan {
  directory: string
  files: readonly PlannedFile[]
  /** What was found, and what the user has to know, in whole sentences. */
  notes: readonly string[]
  steps: readonly NextStep[]
}

/** @param findings what was found in the cluster, in whole sentences @throws Fault `settings` for every invalid value at once */
export function initPlan(answers: Answers, findings: readonly string[]): InitPlan {
  const files = filesOf(answers)
  const steps = stepsOf(answers)
  return {
    directory: answers.directory,
    files: [...files, { path: 'commands.sh', text: scriptText(steps) }],
    notes: [...findings, ...platformOf[answers.platform].notes],
    steps,
  }
}
