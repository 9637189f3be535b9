import { type Service, services } from './apis.ts'

/** What can go wrong, and what it looks like from outside. */
export const faultNames = {
  latency: 'answers `ms` later; goes together with any other',
  unauthenticated: '401 UNAUTHENTICATED, as for an access token that has expired',
  'permission-denied': '403 PERMISSION_DENIED, as for an account without the permission',
  'service-disabled': '403 PERMISSION_DENIED, as for an API that is not enabled, with its activation link',
  'not-found': '404 NOT_FOUND',
  conflict: '409 ABORTED, as for an etag that is not the newest',
  throttled: '429 RESOURCE_EXHAUSTED with the header Retry-After',
  quota: '429 RESOURCE_EXHAUSTED with QuotaFailure and RetryInfo, but without the header Retry-After',
  internal: '500 INTERNAL',
  unavailable: '503 UNAVAILABLE',
  'bad-gateway': '502 with a page in HTML, as a front end of Google or a proxy answers',
  'invalid-grant': '400 invalid_grant, as for a login that was revoked; of the token endpoint only',
  hang: 'never answers, and does nothing',
  reset: 'the connection is reset before anything is done',
  'lost-answer': 'what was asked for is done, then the connection is reset',
  cut: 'what was asked for is done, but the connection breaks in the middle of the answer',
  malformed: 'what was asked for is done, but half of the answer is sent as if it were whole',
} as const

export type FaultName = keyof typeof faultNames

/** One fault that is switched on. What is absent matches everything. */
export interface Fault {
  fault: FaultName
  api?: Service
  /** Name of the RPC: `AddSecretVersion`; of the token endpoint the grant, of the metadata server the last part of the path. */
  method?: string
  /** Email of the caller. */
  account?: string
  /** A part of the path: `secrets/ecr`. */
  path?: string
  /** How many calls it meets before it is over; without it, all until it is healed. */
  times?: number
  /** How many calls that match are spared before it begins. */
  skip?: number
  /** Milliseconds; of `latency` only. */
  ms?: number
  /** Seconds, for Retry-After and RetryInfo; of `throttled` and `quota` only. 1 without it. */
  retrySeconds?: number
}

/** What a call is to suffer: a wait, and at most one other fault, the first that was switched on. */
export interface Suffering {
  latencyMs: number
  fault: Exclude<FaultName, 'latency'> | undefined
  retrySeconds: number
}

/** By what faults are chosen. */
export interface FaultTarget {
  api: Service
  method: string
  path: string
  account?: string
}

export interface Faults {
  /** Those that are not over, as they were switched on. */
  list(): Fault[]
  add(fault: Fault): void
  clear(): void
  /** What this call suffers; it counts as one of the calls that the faults meet or spare. */
  meet(call: FaultTarget): Suffering
}

/** Holds the faults that are switched on, and counts the calls that they meet. */
export function createFaults(): Faults {
  let active: { fault: Fault; skipsLeft: number; left: number }[] = []
  return {
    list: () => active.map(({ fault }) => fault),
    add: fault => void active.push({ fault, skipsLeft: fault.skip ?? 0, left: fault.times ?? Number.POSITIVE_INFINITY }),
    clear() {
      active = []
    },
    meet(call) {
      const matching = active.filter(({ fault }) => matches(fault, call))
      const begun = matching.filter(each => each.skipsLeft-- <= 0)
      const latencies = begun.filter(({ fault }) => fault.fault === 'latency')
      const other = begun.find(({ fault }) => fault.fault !== 'latency')
      for (const each of [...latencies, ...(other ? [other] : [])]) each.left--
      active = active.filter(({ left }) => left > 0)
      const { fault: name, retrySeconds = 1 } = other?.fault ?? {}
      return {
        latencyMs: Math.max(0, ...latencies.map(({ fault }) => fault.ms ?? 0)),
        fault: name === 'latency' ? undefined : name,
        retrySeconds,
      }
    },
  }
}

function matches({ api, method, account, path }: Fault, call: FaultTarget): boolean {
  return (
    (api === undefined || api === call.api) &&
    (method === undefined || method === call.method) &&
    (account === undefined || account === call.account) &&
    (path === undefined || call.path.includes(path))
  )
}

/**
 * Reads a list of faults that came over HTTP.
 *
 * @returns the faults, or in words what is wrong with the list
 */
export function parseFaults(value: unknown): Fault[] | string {
  if (!Array.isArray(value))
    return 'found no list; wanted a JSON list of {fault, api?, method?, account?, path?, times?, skip?, ms?, retrySeconds?}'
  const wrong = value.map(whyNoFault).find(why => why !== undefined)
  return wrong ?? value
}

function whyNoFault(item: unknown): string | undefined {
  const { fault, api, ...rest }: Record<string, unknown> = typeof item === 'object' && item !== null ? { ...item } : {}
  if (typeof fault !== 'string' || !Object.hasOwn(faultNames, fault))
    return `found fault ${JSON.stringify(fault)}; wanted one of: ${Object.keys(faultNames).join(', ')}`
  if (api !== undefined && !services.some(service => service === api))
    return `found api ${JSON.stringify(api)}; wanted one of: ${services.join(', ')}`
  const texts = ['method', 'account', 'path']
  const numbers = ['times', 'skip', 'ms', 'retrySeconds']
  for (const [name, found] of Object.entries(rest)) {
    const isRight = texts.includes(name) ? typeof found === 'string' : numbers.includes(name) && typeof found === 'number' && found >= 0
    if (!isRight) return `found ${name} ${JSON.stringify(found)}; wanted a text in ${texts.join(', ')} or a number in ${numbers.join(', ')}`
  }
  return undefined
}
