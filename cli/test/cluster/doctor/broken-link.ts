import type { DoctorOptions, DoctorWorld } from './world.ts'

/** A link of the chain, and how a test breaks it. */
export interface BrokenLink {
  /** Of the check that must name it first. */
  id: string
  /** In the text of the finding. */
  said: RegExp
  break?: (world: DoctorWorld) => Promise<unknown>
  heal?: (world: DoctorWorld) => Promise<unknown>
  /** How the cluster is looked at, for what cannot be broken in it. */
  options?: (world: DoctorWorld) => Promise<DoctorOptions>
}
