import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, CallLog } from './calls.ts'
import { type Answer, type Handler, send } from './exchange.ts'
import { type FaultName, matchFaults, type Switches } from './faults.ts'
import { defaultSessionSeconds, type Key, type Principals } from './principals.ts'

/** What the machine on which the emulator's caller runs is, to the metadata services; each part may be absent. */
export interface Machine {
  /** ARN of the role whose sessions IMDS and the container endpoint hand out. */
  roleArn?: string
  /** What the container endpoint wants in the header Authorization; anything if absent. */
  authorization?: string
  /** The Google service account that it runs as. */
  google?: { uniqueId: string; email: string }
}

export interface MetadataWorld {
  principals: Principals
  log: CallLog<Call>
  switches: Switches
  nowMs: () => number
}

const statuses: Partial<Record<FaultName, number>> = { 'not-found': 404, 'internal-failure': 500, unavailable: 503 }

/** Serves one metadata service, well or as badly as the faults say. Faults of API calls alone leave it as it is. */
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

/** A session of the machine's role, as all of AWS's metadata services write it; undefined where it has none. */
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
