import t from 'tap'
import { Fault } from '../../src/fault.ts'
import { maxTries, maxTriesOn500, type RetryWorld, retrying } from '../../src/kube/retry.ts'
import type { KubeAnswer } from '../../src/kube/transport.ts'
import { statusGroup } from '../../src/names.ts'

const down = new Fault('transient', { found: 'ECONNREFUSED', wanted: 'an answer', todo: 'Is it up?' })
const get = { method: 'GET', path: '/a' } as const
const answer = (more: Partial<KubeAnswer>): KubeAnswer => ({
  status: 200,
  body: undefined,
  warnings: [],
  retryAfterSeconds: undefined,
  ...more,
})

interface RetryOptions {
  random?: number
  signal?: AbortSignal
}

/** Sends a request to an API server that gives these answers in order, and then always the last one. */
async function ask(answers: (Partial<KubeAnswer> | Fault)[], { random = 1, signal }: RetryOptions = {}) {
  const slept: number[] = []
  let tries = 0
  const request = async () => {
    const next = answers[Math.min(tries++, answers.length - 1)]
    if (next instanceof Fault) throw next
    return answer(next ?? {})
  }
  const send = retrying(
    { request },
    {
      sleep: async ms => void slept.push(ms),
      random: () => random,
      ...(signal && { signal }),
    },
  )
  const result = await send(get).catch(error => error)
  return { result, tries, slept }
}

for (const status of [200, 201, 400, 401, 403, 404, 422]) {
  t.test(`HTTP ${status} is not retried`, async t => t.match(await ask([{ status }]), { result: { status }, tries: 1, slept: [] }))
}

for (const status of [409, 429, 502, 503, 504]) {
  t.test(`HTTP ${status} is retried, and returned after the last attempt`, async t => {
    t.match(await ask([{ status }, { status: 200 }]), { result: { status: 200 }, tries: 2 })
    t.match(await ask([{ status }]), { result: { status }, tries: maxTries })
  })
}

t.test('HTTP 500, which a webhook that is down causes, is retried less often', async t => {
  t.match(await ask([{ status: 500 }]), { result: { status: 500 }, tries: maxTriesOn500 })
})

t.test('a missing answer is retried, and the error is thrown after the last attempt', async t => {
  t.match(await ask([down, {}]), { result: { status: 200 }, tries: 2 })
  t.strictSame(await ask([down]), { result: down, tries: maxTries, slept: (await ask([{ status: 503 }])).slept })
})

t.test('a denial of our webhook is not retried, whatever its status', async t => {
  for (const status of [429, 500, 503]) {
    t.equal((await ask([{ status, body: { details: { group: statusGroup } } }])).tries, 1)
    t.equal((await ask([{ status, body: { details: { group: 'apps' } } }, {}])).tries, 2)
  }
})

t.test('waits double up to a cap, with a random part, and are longer than a restart of an API server', async t => {
  t.strictSame((await ask([{ status: 503 }])).slept, [500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000])
  t.strictSame((await ask([{ status: 503 }], { random: 0 })).slept, [250, 500, 1_000, 2_000, 2_000, 2_000, 2_000])
})

t.test('the wait is Retry-After plus jitter, unless Retry-After is too long', async t => {
  t.strictSame((await ask([{ status: 429, retryAfterSeconds: 3 }, {}], { random: 0.5 })).slept, [3_375])
  t.strictSame((await ask([{ status: 429, retryAfterSeconds: 86_400 }, {}], { random: 0 })).slept, [10_250])
})

t.test('a Retry-After in the past or of zero adds nothing', async t => {
  for (const retryAfterSeconds of [0, undefined]) t.strictSame((await ask([{ status: 429, retryAfterSeconds }, {}])).slept, [500])
})

t.test('after a stop there are no retries, and the last answer or error is the result', async t => {
  const signal = AbortSignal.abort()
  t.match(await ask([{ status: 503 }, {}], { signal }), { result: { status: 503 }, tries: 1, slept: [] })
  t.strictSame(await ask([down, {}], { signal }), { result: down, tries: 1, slept: [] })
})

t.test('the signal ends a wait, and there are no retries after it', async t => {
  const controller = new AbortController()
  let tries = 0
  const request = async () => {
    tries += 1
    return answer({ status: 503, retryAfterSeconds: 3_600 })
  }
  // This sleep is like the real one, but only its signal ends it.
  const sleep: RetryWorld['sleep'] = (_, __, { signal }) => {
    const { promise, reject } = Promise.withResolvers<void>()
    signal?.addEventListener('abort', () => reject(signal.reason))
    controller.abort()
    return promise
  }
  const send = retrying({ request }, { sleep, random: () => 1, signal: controller.signal })
  t.match(await send(get), { status: 503 })
  t.equal(tries, 1)
})
