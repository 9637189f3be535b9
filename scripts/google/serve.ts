import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { cut, half } from '../aws/broken-answer.ts'
import type { CallLog } from '../aws/calls.ts'
import { type Answer, send } from '../aws/exchange.ts'
import type { Call, OnCall } from './call.ts'
import type { FaultName, Faults, Suffering } from './faults.ts'

export interface ServeWorld {
  log: CallLog<Call>
  faults: Faults
  hooks: { onCall: OnCall }
}

/** The faults that are answers, and not a broken connection. */
export type Refusal = Exclude<FaultName, 'latency' | 'hang' | 'reset' | 'lost-answer' | 'cut' | 'malformed' | 'bad-gateway'>

interface Served {
  call: Call
  /** Does what is asked for, and says what is answered. */
  produce: () => Answer | Promise<Answer>
  /** A fault in the words of the API. */
  refuse: (refusal: Refusal, retrySeconds: number) => Answer
}

/** Serves a call, well or as badly as the faults say. */
export async function serve(response: ServerResponse, world: ServeWorld, { call, produce, refuse }: Served): Promise<void> {
  world.log.record(call)
  const { latencyMs, fault, retrySeconds } = world.faults.meet(call)
  // Not ref'd: an emulator that was stopped does not keep its process for a wait.
  if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false })
  await world.hooks.onCall(call, 'received')
  if (fault === 'hang') return
  if (fault === 'reset') return reset(response)
  const decided = await decide(fault, retrySeconds, { produce, refuse })
  // Clients measure the error of their clock by Date, so it has to be the emulator's.
  const answer = { ...decided, headers: { Date: new Date(call.at).toUTCString(), ...decided.headers } }
  call.status = answer.status
  await world.hooks.onCall(call, 'applied')
  if (fault === 'lost-answer') return reset(response)
  if (fault === 'cut') return cut(response, answer)
  // A client that was killed by now gets no answer.
  if (response.destroyed) return
  const closed = once(response, 'close')
  send(response, fault === 'malformed' ? { ...answer, body: half(answer.body) } : answer)
  await closed
  await world.hooks.onCall(call, 'answered')
}

async function decide(
  fault: Exclude<Suffering['fault'], 'hang' | 'reset'>,
  retrySeconds: number,
  { produce, refuse }: Omit<Served, 'call'>,
): Promise<Answer> {
  if (fault === undefined || fault === 'lost-answer' || fault === 'cut' || fault === 'malformed') return produce()
  return fault === 'bad-gateway' ? badGateway() : refuse(fault, retrySeconds)
}

/** A page without a word of the API, as the front end of Google sends it. */
function badGateway(): Answer {
  const body = '<!DOCTYPE html>\n<html lang=en>\n  <title>Error 502 (Server Error)!!1</title>\n'
  return { status: 502, headers: { 'Content-Type': 'text/html; charset=UTF-8' }, body }
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}
