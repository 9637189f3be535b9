import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/client.ts'
import t from 'tap'
import { touch } from '../../src/refresh/touch.ts'
import { apiServer, expired, hours, meta, nowMs, renewed } from './api-server.ts'

const secret = { namespace: 'team-a', name: 'pull', uid: 'uid-of-pull', expiresAt: expired }
const options = { nowMs: () => nowMs, refreshBeforeMs: 6 * hours }

async function touchAnswered(onTouch: () => Partial<KubeAnswer>) {
  const { send } = apiServer([{ ...secret, onTouch }])
  return touch(secret, { ...options, send })
}

t.test('a touch is a merge patch of one annotation that asks for metadata only', async t => {
  const { send, requests } = apiServer([{ ...secret }])
  t.strictSame(await touch(secret, { ...options, send }), { secret, result: 'refreshed', expiresAt: renewed })
  t.strictSame(requests, [
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/team-a/secrets/pull?fieldManager=ecr-anywhere-refresh',
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      contentType: 'application/merge-patch+json',
      body: '{"metadata":{"annotations":{"ecr-anywhere.centml.ai/marked_for_update_at":"2026-01-01T12:00:00Z"}}}',
    },
  ])
})

const unchanged = { body: meta({ ...secret }) }
const failures: [about: string, answer: Partial<KubeAnswer>, cause: RegExp][] = [
  ['nothing changed and nobody warned', unchanged, /^the webhook was not called: is the namespace labelled, is the webhook registered/],
  ['there is no expiry', { body: meta({ ...secret, expiresAt: '' }) }, /^the webhook was not called/],
  ['there are no annotations', { body: { metadata: { name: 'pull' } } }, /^the webhook was not called/],
  ['the new expiry is due again', { body: meta({ ...secret, expiresAt: '2026-01-01T17:59:59Z' }) }, /^the webhook was not called/],
  [
    'our webhook warned',
    { ...unchanged, warnings: ['of somebody else', 'ecr-anywhere: AccessDenied from AWS; kept the old credentials'] },
    /^AccessDenied from AWS; kept the old credentials$/,
  ],
  ['somebody else warned', { ...unchanged, warnings: ['ecr-anywhere is deprecated'] }, /^the webhook was not called/],
  [
    'our webhook denied',
    { status: 400, body: { message: 'admission webhook "a" denied the request: found b' } },
    /denied the request: found b/,
  ],
  ['the API server said no', { status: 403, body: {} }, /HTTP 403 on touching it: no message.*\(RBAC\)/],
  ['a proxy answered', { status: 502, body: undefined }, /HTTP 502 on touching it: no message/],
]

for (const [about, answer, cause] of failures) {
  t.test(`a touch has failed if ${about}, and the cause says so`, async t => {
    t.match(await touchAnswered(() => answer), { secret, result: 'failed', cause })
  })
}

t.test('a Secret that was deleted in between is gone, which is no failure', async t => {
  t.strictSame(await touchAnswered(() => ({ status: 404 })), { secret, result: 'gone' })
})

t.test('an API server that does not answer is a failure in words', async t => {
  const fault = new Fault('passing', { found: 'ECONNRESET from the API server', wanted: 'an answer', todo: 'Is it up?' })
  t.match(await touch(secret, { ...options, send: () => Promise.reject(fault) }), { result: 'failed', cause: fault.message })
})

t.test('what is no answer of an API server at all is a failure, and not quoted', async t => {
  const touched = await touchAnswered(() => ({ body: 'hunter2' }))
  t.match(touched, { result: 'failed', cause: 'TypeError' })
})
