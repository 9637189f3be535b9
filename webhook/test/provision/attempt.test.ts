import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import t from 'tap'
import { attemptOf, baseWaitMs, maxWaitMs, waitMs } from '../../src/provision/attempt.ts'

const answer = (status: number, body: object | undefined = {}, retryAfterSeconds?: number): KubeAnswer => ({
  status,
  body,
  warnings: [],
  retryAfterSeconds,
})

t.test('the answer of the API server decides the outcome of an attempt', async t => {
  t.strictSame(attemptOf(answer(201)), { result: 'created' })
  t.strictSame(attemptOf(answer(409, { reason: 'AlreadyExists' })), { result: 'exists' })
  t.strictSame(attemptOf(answer(404, { reason: 'NotFound', details: { name: 'n', kind: 'namespaces' } })), { result: 'gone' })
  const terminating = { reason: 'Forbidden', details: { causes: [{ reason: 'NamespaceTerminating', message: 'being terminated' }] } }
  t.strictSame(attemptOf(answer(403, terminating)), { result: 'gone' })
})

t.test('every other answer is a failure with the message of the API server', async t => {
  const quota = { reason: 'Forbidden', message: 'exceeded quota: secrets' }
  t.match(attemptOf(answer(403, quota)), {
    result: 'failed',
    cause: /found HTTP 403 on creating the pull Secret: exceeded quota: secrets; wanted HTTP 201. Raise the quota/,
    retryAfterMs: 0,
  })
  const causes: [status: number, message: string, todo: RegExp][] = [
    [403, "policy 'p' denied request: no Secrets here", /Correct what the message names\.$/],
    [400, 'admission webhook "w" denied the request: found AccessDenied', /Correct what the message names\.$/],
    [403, 'cannot create resource "secrets"', /Is a right of the provisioner missing/],
    [422, 'data[.dockerconfigjson]: Required value', /is the webhook registered/],
    [500, 'failed calling webhook', /See the API server and its log\.$/],
  ]
  for (const [status, message, todo] of causes) t.match(attemptOf(answer(status, { message })), { cause: todo })
  t.match(attemptOf(answer(429, {}, 3)), { result: 'failed', retryAfterMs: 3000 })
  t.match(attemptOf(answer(503, {}, 86_400)), { retryAfterMs: maxWaitMs }, 'a proxy cannot make a namespace wait for a day')
  t.match(
    attemptOf(answer(404, undefined)),
    { result: 'failed', cause: /creating the pull Secret: no message; wanted/ },
    'the page of a proxy',
  )
  t.match(attemptOf(answer(404, { reason: 'NotFound', message: 'admission webhook "w" denied the request: no' })), { result: 'failed' })
  t.match(attemptOf(answer(409, { reason: 'Conflict' })), { result: 'failed' })
  t.match(attemptOf(answer(200, {})), { result: 'failed' }, 'an answer that creates nothing, such as a page of a proxy')
})

t.test('the wait doubles from 100 ms to five minutes, and at least half of it is waited', async t => {
  t.equal(waitMs(1, 1), baseWaitMs)
  t.equal(waitMs(1, 0), baseWaitMs / 2)
  t.equal(waitMs(4, 1), 800)
  t.equal(waitMs(40, 1), maxWaitMs)
  t.equal(waitMs(4_000, 0), maxWaitMs / 2)
})
