import type { Service } from './apis.ts'

/** One call, also a refused one. It holds no token and no payload. */
export interface Call {
  api: Service
  /** Name of the RPC: `AddSecretVersion`; of the token endpoint the grant, of the metadata server the last part of the path. */
  method: string
  /** `GET`, `POST` or `PATCH`. */
  http: string
  /** Without its query. */
  path: string
  /** `updateMask=labels`; empty if there is none. */
  query: string
  /** Email of the caller; absent if its access token was not believed. */
  account?: string
  /** The HTTP status of the answer; absent until it is decided, and for a call that got no answer. */
  status?: number
  /** RFC 3339. */
  at: string
}

/**
 * Called at three moments of each call, and awaited: when it was received, when it was applied but not answered, and when it was answered. A test
 * kills the client there. What was received is applied even if the client is dead by then, as Google does.
 */
export type OnCall = (call: Readonly<Call>, moment: 'received' | 'applied' | 'answered') => void | Promise<void>
