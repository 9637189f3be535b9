import { apis } from './api-call.ts'
import type { Machine } from './metadata.ts'
import type { Principal } from './principals.ts'

/** The services that can have faults: the APIs of AWS, and all metadata services together (region `local`). */
export const services = [...apis, 'metadata'] as const
export type Service = (typeof services)[number]

/** The faults, and their effects for a client. */
export const faultNames = {
  latency: 'the answer is `ms` later; can be combined with any other fault',
  throttling: 'ThrottlingException (STS: Throttling)',
  'access-denied': 'AccessDeniedException (STS: AccessDenied)',
  'expired-token': 'ExpiredTokenException (STS: ExpiredToken): the credentials of the caller',
  'unknown-key':
    'UnrecognizedClientException (STS: InvalidClientTokenId), as of a region that the account has not enabled, or of another partition',
  'internal-failure': '500 ServerException (STS: InternalFailure)',
  unavailable: '503',
  'not-found': '404; of metadata services only',
  hang: 'never answers',
  cut: 'the connection is closed in the middle of the answer',
  malformed: 'half of the answer as a complete answer',
  empty: 'success without content',
  'already-expired': 'success with an expired token or session',
} as const

export type FaultName = keyof typeof faultNames

/** An active fault. A missing field matches everything. */
export interface Fault {
  fault: FaultName
  api?: Service | '*'
  region?: string
  /** The ARN of a user, a session, or the role of sessions. */
  principal?: string
  /** The delay of `latency` in milliseconds. */
  ms?: number
}

/** The state that can be changed while the emulator runs, in process or over HTTP. */
export interface Switches {
  faults: Fault[]
  tokenLifeSeconds: number
  machine: Machine
}

/** The effect on a call: a delay, and at most one other fault, which is the first active one. */
export interface Suffering {
  latencyMs: number
  fault: Exclude<FaultName, 'latency'> | undefined
}

/** @returns the faults that apply to this call */
export function matchFaults(faults: readonly Fault[], call: { api: Service; region: string; principal: Principal | undefined }): Suffering {
  const met = faults.filter(
    ({ api = '*', region, principal }) =>
      (api === '*' || api === call.api) &&
      (region === undefined || region === call.region) &&
      (principal === undefined || principal === call.principal?.arn || principal === call.principal?.identityArn),
  )
  return {
    latencyMs: Math.max(0, ...met.map(({ fault, ms = 0 }) => (fault === 'latency' ? ms : 0))),
    fault: met.map(({ fault }) => fault).find(name => name !== 'latency'),
  }
}

/**
 * Reads a list of faults from an HTTP request.
 *
 * @returns the faults, or a message about the problem of the list
 */
export function parseFaults(value: unknown): Fault[] | string {
  if (!Array.isArray(value)) return 'found no list; wanted a JSON list of {fault, api?, region?, principal?, ms?}'
  const faults: Fault[] = []
  for (const item of value) {
    const fault = parseFault(item)
    if (typeof fault === 'string') return fault
    faults.push(fault)
  }
  return faults
}

function parseFault(item: unknown): Fault | string {
  const { fault, api, region, principal, ms, ...rest }: Record<string, unknown> =
    typeof item === 'object' && item !== null ? { ...item } : {}
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) return `found ${unknown}; wanted fault, api, region, principal or ms`
  if (!isFaultName(fault)) return `found fault ${JSON.stringify(fault)}; wanted one of: ${Object.keys(faultNames).join(', ')}`
  if (!isApi(api)) return `found api ${JSON.stringify(api)}; wanted one of: ${services.join(', ')}, *`
  if (!isText(region) || !isText(principal)) return 'found a region or principal that is not a string; wanted "eu-west-1", "arn:aws:iam::…"'
  if (!isMs(ms) || (fault === 'latency' && ms === undefined)) return `found ms ${JSON.stringify(ms)}; wanted milliseconds, 0 or more`
  return { fault, ...(api && { api }), ...(region && { region }), ...(principal && { principal }), ...(ms !== undefined && { ms }) }
}

function isFaultName(value: unknown): value is FaultName {
  return typeof value === 'string' && Object.hasOwn(faultNames, value)
}

function isApi(value: unknown): value is Service | '*' | undefined {
  return value === undefined || value === '*' || services.some(service => service === value)
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

function isMs(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && value >= 0)
}
