import type { Problem } from './problem.ts'

/** Values for the chart of ECR Anywhere. */
export type Values = Readonly<Record<string, unknown>>

/** The parts of a move. Within a part, the order of the commands is the order in which they are run. */
export const phases = ['prepare', 'install', 'stop', 'label', 'verify', 'remove'] as const
export type Phase = (typeof phases)[number]

/** A shell command, with the reason in one sentence. */
export interface Step {
  phase: Phase
  command: string
  why: string
}

/** A Secret that the old tool writes, and that ECR Anywhere takes over. */
export interface OwnedSecret {
  namespace: string
  name: string
  /** The hosts for the annotation. Undefined: the Secret needs none, because its default, or its `url`, is right. */
  registries?: readonly string[]
  /** The tenant of the namespace, by default `default`. */
  tenant?: string
  /** Labels and annotations of the old tool that are removed from it. */
  dropLabels?: readonly string[]
  dropAnnotations?: readonly string[]
}

/** What a tool's configuration means for ECR Anywhere. */
export interface Move {
  values: Values
  secrets: readonly OwnedSecret[]
  /** Commands of all phases but `install`, `label` and, for `secrets`, `verify`, which are the same for all tools. */
  steps: readonly Step[]
  /**
   * Whether the chart is installed before the old tool is stopped. This is so unless the chart would write from its installation on.
   */
  installFirst: boolean
  /** What the user has to know or decide, in whole sentences. */
  notes: readonly string[]
  problems: readonly Problem[]
}

export const emptyMove: Move = { values: {}, secrets: [], steps: [], installFirst: true, notes: [], problems: [] }
