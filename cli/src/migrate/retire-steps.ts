import type { Input } from './input/input.ts'
import type { Workload } from './input/workload.ts'
import type { Step } from './move.ts'
import { removeSteps } from './remove-steps.ts'
import { stopSteps } from './stop-workload.ts'

/** The commands that stop an old tool before the move, and those that remove it after the move. */
export function retireSteps(workloads: readonly Workload[], input: Input): Step[] {
  return [...workloads.flatMap(stopSteps), ...removeSteps(workloads, input)]
}
