/** Who has to act: the operator (`settings`), the author of the input (`input`), or nobody, because a retry may succeed (`transient`). */
export type FaultKind = 'settings' | 'input' | 'transient'

export interface FaultText {
  found: string
  wanted: string
  todo: string
  /** The code from AWS, Node or the API server, such as `AccessDeniedException`, for warnings and metrics, where a sentence is too long. */
  code?: string
  cause?: unknown
}

/** An error whose message says what was found, what was wanted and what to do. The message never contains a secret value. */
export class Fault extends Error {
  readonly kind: FaultKind
  readonly code: string
  /** The parts of the message, so that a caller can create a fault with more context. */
  readonly text: FaultText

  constructor(kind: FaultKind, text: FaultText) {
    const { found, wanted, todo, code, cause } = text
    super(printable(`found ${found}; wanted ${wanted}. ${todo}`), { cause })
    this.name = 'Fault'
    this.kind = kind
    this.code = code ?? kind
    this.text = text
  }
}

/** A message may quote what others wrote, such as a claim of a token. Control characters are escaped, because a terminal would obey them. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The exit code for this error: 2 for settings, which no retry can fix, else 1. The Job's podFailurePolicy depends on it. */
export function exitCode(error: unknown): 1 | 2 {
  return error instanceof Fault && error.kind === 'settings' ? 2 : 1
}

/** The message to show for an error. Of errors other than Fault, only class and code are shown, because their message may quote data. */
export function sentence(error: unknown): string {
  if (error instanceof Fault) return error.message
  const { name, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { name: typeof error, code: undefined }
  return typeof code === 'string' ? `${name} (${code})` : name
}
