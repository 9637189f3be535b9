/** A mutant that behaves like its original, so that no test can tell them apart. */
export interface Equivalent {
  file: string
  /** The line without its indentation, and the replaced text in it with its replacement. */
  line: string
  from: string
  to: string
  why: string
}

export const equivalents: readonly Equivalent[] = []
