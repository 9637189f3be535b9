import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { touch } from '../../src/refresh/touch.ts'
import { apiServer, expired, hours, meta, nowMs, renewed } from './api-server.ts'

const secret = { namespace: 'team-a', name: 'pull', uid: 'uid-of-pull', expiresAt: expired, updatedAt: '2025-12-31T23:00:00Z' }
const options = { nowMs: () => nowMs, refreshBeforeMs: 6 * hours }

async function touchAnswered(onTouch: () => Partial<KubeAnswer>) {
  const server = apiServer([{ ...secret, onTouch }])
  return touch(secret, { ...options, kubernetes: server.kubernetes })
}

t.test('a touch is a merge patch of one annotation, and its answer contains only metadata', async t => {
  const { kubernetes: api, requests } = apiServer([{ ...secret }])
  t.strictSame(await touch(secret, { ...options, kubernetes: api }), {
    secret,
    result: 'refreshed',
    expiresAt: renewed,
    updatedAt: '2026-01-01T12:00:00Z',
  })
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
  ['nothing changed and there is no warning', unchanged, /^the webhook was not called: check that the namespace is labelled/],
  ['there is no expiry', { body: meta({ ...secret, expiresAt: '' }) }, /^the new credentials .* are already due/],
  ['there are no annotations', { body: meta({ ...secret, expiresAt: undefined }) }, /^the new credentials .* are already due/],
  ['the new expiry is already due', { body: meta({ ...secret, expiresAt: '2026-01-01T17:59:59Z' }) }, /credentials .* are already due/],
  [
    'our webhook returned a warning',
    { ...unchanged, warnings: ['another warning', 'ecr-anywhere: AccessDenied from AWS; kept the old credentials'] },
    /^AccessDenied from AWS; kept the old credentials$/,
  ],
  ['another component returned a warning', { ...unchanged, warnings: ['ecr-anywhere is deprecated'] }, /^the webhook was not called/],
  [
    'our webhook denied the touch',
    { status: 400, body: { message: 'admission webhook "a" denied the request: found b' } },
    /denied the request: found b/,
  ],
  ['the API server rejected the touch', { status: 403, body: {} }, /HTTP 403 on touching it: no message.*\(RBAC\)/],
  ['a proxy answered', { status: 502, body: undefined }, /HTTP 502 on touching it: no message/],
]

for (const [about, answer, cause] of failures) {
  t.test(`a touch fails if ${about}, and the cause says so`, async t => {
    t.match(await touchAnswered(() => answer), { secret, result: 'failed', cause })
  })
}

const goings: [about: string, answer: Partial<KubeAnswer>][] = [
  ['was deleted', { status: 404 }],
  ['is being deleted', { body: meta({ ...secret, isBeingDeleted: true }) }],
  ['is no longer managed', { body: { metadata: { name: 'pull' } } }],
  ['is no longer managed because of its label value', { body: { metadata: { name: 'pull', labels: { [labels.managed]: 'false' } } } }],
]

for (const [about, answer] of goings) {
  t.test(`a Secret that ${about} since it was listed has the result gone, which is not a failure`, async t => {
    t.strictSame(await touchAnswered(() => answer), { secret, result: 'gone' })
  })
}

t.test('if the API server does not answer, the failure contains the cause', async t => {
  const fault = new Fault('transient', { found: 'ECONNRESET from the API server', wanted: 'an answer', todo: 'Is it up?' })
  t.match(await touch(secret, { ...options, kubernetes: kubernetes({ request: () => Promise.reject(fault) }) }), {
    result: 'failed',
    cause: fault.message,
  })
})

t.test('an answer that is not from an API server is a failure and is not quoted', async t => {
  for (const body of ['hunter2', null, undefined, {}, { metadata: null }, { metadata: { name: 7 } }]) {
    t.match(await touchAnswered(() => ({ body })), { result: 'failed', cause: /^found an answer without an object in it; wanted / })
  }
})

t.test('an aborted touch has the result abandoned, because its outcome is unknown', async t => {
  const fault = new Fault('transient', { code: 'ABORT_ERR', found: 'ABORT_ERR', wanted: 'an answer', todo: 'Is it up?' })
  t.strictSame(await touch(secret, { ...options, kubernetes: kubernetes({ request: () => Promise.reject(fault) }) }), {
    secret,
    result: 'abandoned',
  })
})

t.test('a cause has one line and a limited length, even if the message has many lines', async t => {
  const cause = async (message: string) => (await touchAnswered(() => ({ status: 400, body: { message } }))) as { cause: string }
  t.match(await cause(' denied:\n  - one\n\t- two\n'), { cause: /^denied: - one - two$/ })
  const long = await cause('x'.repeat(5_000))
  t.ok(long.cause.length <= 1_000 && long.cause.endsWith('…'))
})
