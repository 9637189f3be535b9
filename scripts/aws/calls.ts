import type { Service } from './faults.ts'

/** A call of an API or a metadata service, also a rejected one. `at` is RFC 3339. `principal` is absent if the signature is not valid. */
export interface Call {
  api: Service
  action: string
  region: string
  principal?: string
  roleArn?: string
  sessionName?: string
  externalId?: string
  tags?: Record<string, string>
  at: string
}

export interface Calls<C> {
  /** By the name of a call: `<api>.<action>.<region>` of AWS, `<api>.<method>` of Google. */
  counts: Record<string, number>
  /** The newest last, at most `keptCalls`. */
  last: C[]
}

export const keptCalls = 1000

export interface CallLog<C> {
  record(call: C): void
  read(): Calls<C>
  reset(): void
}

/** Records the calls, without tokens and secrets. */
export function createCallLog<C>(nameOf: (call: C) => string): CallLog<C> {
  let calls: Calls<C> = { counts: {}, last: [] }
  return {
    record(call) {
      const name = nameOf(call)
      calls.counts[name] = (calls.counts[name] ?? 0) + 1
      calls.last = [...calls.last.slice(1 - keptCalls), call]
    },
    read: () => structuredClone(calls),
    reset() {
      calls = { counts: {}, last: [] }
    },
  }
}
