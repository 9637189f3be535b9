import type { Answer } from '../aws/exchange.ts'

// https://cloud.google.com/apis/design/errors#error_model: the canonical codes and the HTTP status of each.
const httpStatuses = {
  ABORTED: 409,
  FAILED_PRECONDITION: 400,
  INTERNAL: 500,
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  UNAUTHENTICATED: 401,
  UNAVAILABLE: 503,
} as const

/** A canonical error code of Google. */
export type Code = keyof typeof httpStatuses

interface Extras {
  /** Messages of google.rpc, each with its `@type`. */
  details?: object[]
  headers?: Record<string, string>
}

/** A refusal in the words of Google, which every REST API writes alike. */
export class GoogleError extends Error {
  readonly code: Code
  readonly details: object[]
  readonly headers: Record<string, string>

  constructor(code: Code, message: string, { details = [], headers = {} }: Extras = {}) {
    super(message)
    this.name = 'GoogleError'
    this.code = code
    this.details = details
    this.headers = headers
  }
}

/** A refusal as the REST APIs send it: `{"error": {code, message, status, details}}`. */
export function errorAnswer({ code, message, details, headers }: GoogleError): Answer {
  const status = httpStatuses[code]
  return restAnswer(status, { error: { code: status, message, status: code, ...(details.length > 0 && { details }) } }, headers)
}

/** An answer of a REST API: JSON, indented by two, as Google sends it. */
export function restAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=UTF-8', ...headers },
    body: `${JSON.stringify(value, undefined, 2)}\n`,
  }
}

/** A detail of google.rpc: `ErrorInfo`, `Help`, `QuotaFailure` and others. */
export function rpcDetail(type: string, fields: object): object {
  return { '@type': `type.googleapis.com/google.rpc.${type}`, ...fields }
}
