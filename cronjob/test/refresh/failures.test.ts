import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { KubeRequest } from '@ecr-anywhere/shared/kube/transport.ts'
import t from 'tap'
import { maxEvents, recordFailures } from '../../src/refresh/failures.ts'
import type { Failed } from '../../src/refresh/report.ts'
import { nowMs } from './api-server.ts'

const failed = (count: number): Failed[] =>
  Array.from({ length: count }, (_, at) => ({
    secret: { namespace: 'team-a', name: `s${at}`, uid: `uid-${at}`, expiresAt: undefined, updatedAt: undefined },
    result: 'failed',
    cause: `cause ${at}`,
  }))

/** Records failures with an API server that answers each request with this status. */
async function recorded(count: number, statusOf: (at: number) => number = () => 201, controller = new AbortController()) {
  const requests: KubeRequest[] = []
  const [inFlight, most] = [new Set<KubeRequest>(), { atOnce: 0 }]
  const request = async (asked: KubeRequest) => {
    inFlight.add(asked)
    most.atOnce = Math.max(most.atOnce, inFlight.size)
    await new Promise(setImmediate)
    inFlight.delete(asked)
    requests.push(asked)
    const status = statusOf(requests.length)
    if (status === 0) {
      controller.abort()
      throw new Fault('transient', { code: 'ABORT_ERR', found: 'ABORT_ERR', wanted: 'an answer', todo: 'Is it up?' })
    }
    return { status, body: { message: 'no', reason: 'Forbidden' }, warnings: [], retryAfterSeconds: undefined }
  }
  const problem = await recordFailures(failed(count), {
    kubernetes: kubernetes({ request }),
    nowMs: () => nowMs,
    signal: controller.signal,
  })
  return { requests, problem, most }
}

t.test('each failed Secret gets one Warning Event with its cause', async t => {
  const { requests, problem } = await recorded(3)
  t.equal(problem, undefined)
  t.strictSame(requests.map(({ body = '' }) => JSON.parse(body).involvedObject.name).sort(), ['s0', 's1', 's2'])
  const [{ method, path, body = '' } = {} as KubeRequest] = requests
  t.match({ method, path }, { method: 'POST', path: '/api/v1/namespaces/team-a/events' })
  t.match(JSON.parse(body), {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: 'ecr-anywhere-refresh-', namespace: 'team-a' },
    involvedObject: { apiVersion: 'v1', kind: 'Secret', namespace: 'team-a', name: 's0', uid: 'uid-0' },
    type: 'Warning',
    reason: 'RefreshFailed',
    message: 'cause 0',
    firstTimestamp: '2026-01-01T12:00:00.000Z',
    lastTimestamp: '2026-01-01T12:00:00.000Z',
    count: 1,
  })
})

t.test('if nothing failed, there is no request', async t => t.match(await recorded(0), { requests: [], problem: undefined }))

t.test(`an outage causes ${maxEvents} Events, a few at a time`, async t => {
  const { requests, problem, most } = await recorded(maxEvents + 50)
  t.strictSame([requests.length, problem], [maxEvents, undefined])
  t.ok(most.atOnce > 1 && most.atOnce <= 8)
})

t.test('rejected Events are counted and reported with the first cause, and the others are written', async t => {
  const { requests, problem } = await recorded(5, at => (at === 2 ? 403 : 201))
  t.equal(requests.length, 5)
  t.match(problem, /^1 of 5 Events were not written: found HTTP 403 on creating an Event in team-a: no; .*RBAC/)
})

t.test('no Events are written after their time limit', async t => {
  const { requests, problem } = await recorded(50, at => (at === 10 ? 0 : 201))
  t.ok(requests.length < 25)
  t.match(problem, /^\d+ of 50 Events were not written: .*ABORT_ERR/)
  const over = new AbortController()
  over.abort()
  t.match(await recorded(3, undefined, over), { requests: [], problem: '3 of 3 Events were not written: the time limit was reached' })
})
