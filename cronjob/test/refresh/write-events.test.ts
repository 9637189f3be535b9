import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { ObjectEvent } from '@ecr-anywhere/shared/kube/events.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { KubeRequest } from '@ecr-anywhere/shared/kube/transport.ts'
import t from 'tap'
import { writeEvents } from '../../src/refresh/write-events.ts'
import { nowMs } from './api-server.ts'

const events = (count: number): ObjectEvent[] =>
  Array.from({ length: count }, (_, at) => ({
    component: 'ecr-anywhere-refresh',
    about: { kind: 'Secret', namespace: 'team-a', name: `s${at}`, uid: `uid-${at}` },
    reason: 'RefreshFailed',
    message: `cause ${at}`,
    id: `id-${at}`,
    nowMs,
  }))

/** Writes Events with an API server that answers each request with this status. */
async function written(count: number, statusOf: (at: number) => number = () => 201, controller = new AbortController()) {
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
  const problem = await writeEvents(events(count), {
    kubernetes: kubernetes({ request }),
    signal: controller.signal,
  })
  return { requests, problem, most }
}

t.test('without Events, there is no request', async t => t.match(await written(0), { requests: [], problem: undefined }))

t.test('many Events are written a few at a time', async t => {
  const { requests, problem, most } = await written(100)
  t.strictSame([requests.length, problem], [100, undefined])
  t.ok(most.atOnce > 1 && most.atOnce <= 8)
})

t.test('rejected Events are counted and reported with the first cause, and the others are written', async t => {
  const { requests, problem } = await written(5, at => (at === 2 ? 403 : 201))
  t.equal(requests.length, 5)
  t.match(problem, /^1 of 5 Events were not written: found HTTP 403 on creating an Event in team-a: no; .*RBAC/)
})

t.test('no Events are written after their time limit', async t => {
  const { requests, problem } = await written(50, at => (at === 10 ? 0 : 201))
  t.ok(requests.length < 25)
  t.match(problem, /^\d+ of 50 Events were not written: .*ABORT_ERR/)
  const over = new AbortController()
  over.abort()
  t.match(await written(3, undefined, over), { requests: [], problem: '3 of 3 Events were not written: the time limit was reached' })
})
