import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, CallLog } from './calls.ts'
import { type Answer, type Handler, send } from './exchange.ts'
import { type FaultName, matchFaults, type Switches } from './faults.ts'
import { defaultSessionSeconds, type Key, type Principals } from './principals.ts'

/** The identity of the client's machine in the metadata services. */
export interface Machine {
  /** The ARN of the role whose sessions IMDS and the container endpoint return. */
  roleArn?: string
  /** The required Authorization header of the container endpoint. If absent, any value is accepted. */
  authorization?: string
  /** The Google service account of the machine. */
  google?: { uniqueId: string; email: string }
}

export interface MetadataWorld {
  principals: Principals
  log: CallLog<Call>
  switches: Switches
  nowMs: () => number
}

const statuses: Partial<Record<FaultName, number>> = { 'not-found': 404, 'internal-failure': 500, unavailable: 503 }

/** Serves one metadata service with its faults. Faults of the APIs do not apply to it. */
export function metadataService(
  { log, switches, nowMs }: MetadataWorld,
  name: string,
  produce: (asked: IncomingMessage) => Answer,
): Handler {
  return async (request, response) => {
    request.resume()
    log.record({ api: 'metadata', action: name, region: 'local', at: new Date(nowMs()).toISOString() })
    const { latencyMs, fault } = matchFaults(switches.faults, { api: 'metadata', region: 'local', principal: undefined })
    if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false })
    if (fault === 'hang') return
    const status = fault && statuses[fault]
    if (status !== undefined) return send(response, text(status, ''))
    const answer = produce(request)
    send(response, fault === 'malformed' ? { ...answer, body: answer.body.slice(0, answer.body.length / 2) } : answer)
  }
}

/** A session of the machine's role in the format of all metadata services of AWS. @returns undefined if there is no role */
export function machineSession({ principals, switches, nowMs }: MetadataWorld, sessionName: string) {
  const role = principals.role(switches.machine.roleArn ?? '')
  if (!role) return undefined
  const lifeMs = (role.sessionSeconds ?? defaultSessionSeconds) * 1000
  return described(principals.openSession({ role, name: sessionName, expiresAtMs: nowMs() + lifeMs, policies: [] }))
}

export function text(status: number, body: string): Answer {
  return { status, headers: { 'Content-Type': 'text/plain' }, body }
}

function described({ accessKeyId, secretAccessKey, session }: Key & Required<Pick<Key, 'session'>>) {
  const Expiration = new Date(session.expiresAtMs).toISOString().replace(/\.\d{3}/, '')
  return { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: session.token, Expiration }
}
