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

export interface Calls {
  /** The number of calls by `<api>.<action>.<region>`. */
  counts: Record<string, number>
  /** The last calls, at most `keptCalls`, with the newest last. */
  last: Call[]
}

export const keptCalls = 1000

export interface CallLog {
  record(call: Call): void
  read(): Calls
  reset(): void
}

/** Records the calls, without tokens and secrets. */
export function createCallLog(): CallLog {
  let calls: Calls = { counts: {}, last: [] }
  return {
    record(call) {
      const name = `${call.api}.${call.action}.${call.region}`
      calls.counts[name] = (calls.counts[name] ?? 0) + 1
      calls.last = [...calls.last.slice(1 - keptCalls), call]
    },
    read: () => structuredClone(calls),
    reset() {
      calls = { counts: {}, last: [] }
    },
  }
}
