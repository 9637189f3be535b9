import t from 'tap'
import { isNamespaceGone, messageOf, refused, statusOf } from '../../src/kube/status.ts'
import type { KubeAnswer } from '../../src/kube/transport.ts'

const answered = (status: number, body?: object): KubeAnswer => ({ status, body, warnings: [], retryAfterSeconds: undefined })

t.test('a denial contains the message of the API server on one line, its reason as the code, and a remedy', async t => {
  t.match(refused('a', answered(403, { message: 'no\n  way', reason: 'Forbidden' })), {
    code: 'Forbidden',
    message:
      'found HTTP 403 on a: no way; wanted HTTP 200. Give this account the right (RBAC). `kubectl auth can-i --list` shows which it has.',
  })
  t.match(refused('a', answered(403, { message: 'policy p denied request: b' })), {
    code: 'HTTP 403',
    message: /Correct what the policy names\.$/,
  })
  t.match(refused('a', answered(401, { message: 'Unauthorized' })).message, /HTTP 401 .*: log in to the cluster again, then try `kubectl/)
  t.match(refused('a', answered(500)), { code: 'HTTP 500', message: /HTTP 500 on a: no message; .* See the API server and its log\.$/ })
})

t.test('an empty message is undefined, and a long message is truncated', async t => {
  for (const body of [undefined, {}, { message: '' }, { message: ' \n' }, { message: 7 }])
    t.equal(messageOf(answered(500, body)), undefined)
  t.equal(messageOf(answered(500, { message: 'x'.repeat(900) })), 'x'.repeat(900))
  t.match(messageOf(answered(500, { message: 'x'.repeat(901) })), /^x{899}…$/)
})

const refusals: [about: string, answer: { status: number; body: unknown }, code: string, message: RegExp][] = [
  [
    'with a reason and a message',
    { status: 500, body: { reason: 'Slow', message: 'too slow' } },
    'Slow',
    /^found HTTP 500 on x: too slow; .*its log/,
  ],
  ['without a reason', { status: 500, body: { reason: '', message: 'too slow' } }, 'HTTP 500', /^found HTTP 500 on x: too slow/],
  ['with a reason that is not a string', { status: 500, body: { reason: 7, message: 7 } }, 'HTTP 500', /^found HTTP 500 on x: no message/],
  ['without a body', { status: 502, body: undefined }, 'HTTP 502', /^found HTTP 502 on x: no message; wanted HTTP 200/],
  ['because of a missing right', { status: 403, body: { reason: 'Forbidden', message: 'a cannot b' } }, 'Forbidden', /\(RBAC\)/],
  [
    'by a policy',
    { status: 403, body: { message: "ValidatingAdmissionPolicy 'p' denied request: c" } },
    'HTTP 403',
    /what the policy names/,
  ],
  ['because of a missing right and without a message', { status: 403, body: undefined }, 'HTTP 403', /\(RBAC\)/],
  ['whose message only resembles that of a policy', { status: 422, body: { message: 'denied request' } }, 'HTTP 422', /its log/],
]

for (const [about, answer, code, message] of refusals) {
  t.test(`a denial ${about} contains the request, the answer and a remedy`, async t => {
    t.match(refused('x', { warnings: [], retryAfterSeconds: undefined, ...answer } as KubeAnswer), { kind: 'transient', code, message })
  })
}

t.test('from a body that is no Status, readable fields are read and the others are undefined', async t => {
  for (const body of [undefined, null, 'x', 7, [], {}]) t.strictSame(statusOf(answered(500, body as object)), {})
  const broken = { message: 7, reason: 'R', metadata: null, details: { group: 'g', causes: [{ message: 8 }] } }
  const [{ message, reason, metadata, details }] = [statusOf(answered(500, broken))]
  t.strictSame(statusOf(answered(500, { details: { causes: [{ message: 'm' }] } })).details?.causes, [{ message: 'm' }])
  t.match([message, reason, metadata, details?.group, details?.causes], [undefined, 'R', undefined, 'g', [{ message: undefined }]])
})

/** As Kubernetes answers, and as others may. */
const creations: [about: string, status: number, body: object | undefined, isGone: boolean][] = [
  ['the namespace does not exist', 404, { reason: 'NotFound', details: { kind: 'namespaces', name: 'a' } }, true],
  [
    'the namespace is being deleted',
    403,
    { reason: 'Forbidden', details: { causes: [{ reason: 'Other' }, { reason: 'NamespaceTerminating' }] } },
    true,
  ],
  ['another object does not exist', 404, { reason: 'NotFound', details: { kind: 'secrets' } }, false],
  ['a proxy answers 404', 404, undefined, false],
  ['a webhook answers 404 about namespaces', 404, { reason: 'Other', details: { kind: 'namespaces' } }, false],
  ['another status about a namespace', 410, { reason: 'NotFound', details: { kind: 'namespaces' } }, false],
  ['a missing right', 403, { reason: 'Forbidden', details: { kind: 'namespaces', causes: [{ reason: 'Other' }] } }, false],
  ['no details', 403, { reason: 'Forbidden' }, false],
  ['something is not found, without details', 404, { reason: 'NotFound' }, false],
]
for (const [about, status, body, isGone] of creations)
  t.test(`whether a namespace is gone: ${about}`, async t => t.equal(isNamespaceGone(answered(status, body)), isGone))
