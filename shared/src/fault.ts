/** Who has to act: whoever set it up, the author of the input, or nobody yet (it may pass by itself). */
export type FaultKind = 'settings' | 'input' | 'transient'

export interface FaultText {
  found: string
  wanted: string
  todo: string
  /** AWS's, Node's or the API server's own code, such as `AccessDeniedException`: for warnings and metrics, where a sentence is too long. */
  code?: string
  cause?: unknown
}

/** An error that tells its reader what was found, what was wanted and what to do. It holds no secret: it says `password`, never its value. */
export class Fault extends Error {
  readonly kind: FaultKind
  readonly code: string
  /** Its parts, for whoever knows more and tells it again. */
  readonly text: FaultText

  constructor(kind: FaultKind, text: FaultText) {
    const { found, wanted, todo, code, cause } = text
    super(`found ${found}; wanted ${wanted}. ${todo}`, { cause })
    this.name = 'Fault'
    this.kind = kind
    this.code = code ?? kind
    this.text = text
  }
}

/** Exit code of a process that ends with this error: 2 for settings, which no retry mends, else 1 (design: the Job's podFailurePolicy). */
export function exitCode(error: unknown): 1 | 2 {
  return error instanceof Fault && error.kind === 'settings' ? 2 : 1
}

/** The sentence of an error that is about to be shown; errors that are not ours are named by class and code only, for their text may quote data. */
export function sentence(error: unknown): string {
  if (error instanceof Fault) return error.message
  const { name, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { name: typeof error, code: undefined }
  return typeof code === 'string' ? `${name} (${code})` : name
}
