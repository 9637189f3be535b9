import type { Input } from './input/input.ts'
import type { Move } from './move.ts'

/** A set of objects that is read from a cluster. */
export interface Wanted {
  kind: string
  /** The first that the cluster serves is read. */
  apiVersions: readonly string[]
  /** Only metadata is requested, and only of objects of this name, if there is one. For Secrets this is always so. */
  metadataOnly?: { name?: string; labelSelector?: string }
}

/** A tool from which users move. */
export interface Tool {
  name: string
  /** What is read from a cluster. */
  wanted: readonly Wanted[]
  /** What its configuration means for ECR Anywhere. Objects of other programs are left out. */
  move: (input: Input, options: { namespace: string }) => Move
}

export const workloadKinds: readonly Wanted[] = [
  { kind: 'Deployment', apiVersions: ['apps/v1'] },
  { kind: 'CronJob', apiVersions: ['batch/v1'] },
]
/** Of these, a tool only looks for those that use what it writes. */
export const otherWorkloadKinds: readonly Wanted[] = [
  { kind: 'StatefulSet', apiVersions: ['apps/v1'] },
  { kind: 'DaemonSet', apiVersions: ['apps/v1'] },
]
export const accounts: Wanted = { kind: 'ServiceAccount', apiVersions: ['v1'] }
export const namespaces: Wanted = { kind: 'Namespace', apiVersions: ['v1'], metadataOnly: {} }
