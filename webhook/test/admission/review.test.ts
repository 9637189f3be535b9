import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import { toWarning } from '../../src/admission/reply.ts'
import { secret } from './secrets.ts'
import { answer, awsWorld, review, uid } from './world.ts'

const asked = { tenantName: 'default', leftMs: () => 9_000 }
const { request, ...envelope } = review({ object: secret() })

const none: [about: string, body: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'AdmissionReview'],
  ['a list', [review({ object: secret() })]],
  ['an empty object', {}],
  ['another version', { ...envelope, apiVersion: 'admission.k8s.io/v1beta1', request }],
  ['another kind', { ...envelope, kind: 'Secret', request }],
  ['no request', envelope],
  ['a request of null', { ...envelope, request: null }],
  ['a request that is a list', { ...envelope, request: [request] }],
  ['no uid', { ...envelope, request: { ...request, uid: undefined } }],
  ['an empty uid', { ...envelope, request: { ...request, uid: '' } }],
  ['a uid that is no text', { ...envelope, request: { ...request, uid: 7 } }],
]

for (const [about, body] of none) {
  t.test(`${about} is rejected as no AdmissionReview`, async t => {
    await t.rejects(admit(body, asked, awsWorld().world), { kind: 'input', message: /wanted an AdmissionReview of admission\.k8s\.io\/v1/ })
  })
}

const good = secret()
const denied: [about: string, change: Record<string, unknown>, where: string][] = [
  ['another operation', { operation: 'DELETE' }, 'request.operation'],
  ['no operation', { operation: undefined }, 'request.operation'],
  ['an object of null', { object: null }, 'request.object'],
  ['no object', { object: undefined }, 'request.object'],
  ['an update without an old object', { operation: 'UPDATE', oldObject: null }, 'request.oldObject'],
  ['another kind of object', { object: { ...good, kind: 'ConfigMap' } }, 'request.object'],
  ['another version of object', { object: { ...good, apiVersion: 'v2' } }, 'request.object'],
  ['an object without metadata', { object: { ...good, metadata: undefined } }, 'request.object'],
  ['an object that is a text', { object: 'x' }, 'request.object'],
  ['an old object of another kind', { operation: 'UPDATE', oldObject: { ...good, kind: 'Pod' } }, 'request.oldObject'],
  ['data that is a list', { object: { ...good, data: [] } }, 'request.object.data'],
  ['data with a number', { object: { ...good, data: { a: 1 } } }, 'request.object.data'],
  ['labels that are a text', { object: { ...good, metadata: { ...good.metadata, labels: 'x' } } }, 'request.object.metadata.labels'],
  ['an annotation of null', { object: { ...good, metadata: { ...good.metadata, annotations: { a: null } } } }, 'metadata.annotations'],
]

for (const [about, change, where] of denied) {
  t.test(`a request with ${about} is denied under its uid, and the message names the field`, async t => {
    const { reply, result } = await admit({ ...envelope, request: { ...request, ...change } }, asked, awsWorld().world)
    t.equal(result, 'denied')
    t.match(reply.response, { uid, allowed: false, status: { code: 400, message: new RegExp(`an unexpected value in \\S*${where};`) } })
  })
}

t.test('data, labels and annotations may be null or absent, because the API server omits empty ones', async t => {
  const object = { ...good, data: null, metadata: { name: 'a', namespace: 'b', labels: null, annotations: null } }
  t.equal((await answer({ object })).result, 'skipped')
  t.equal((await answer({ object: { ...good, metadata: { name: 'a' } } })).result, 'skipped')
})

t.test('oldObject is ignored in a create', async t => {
  t.equal((await answer({ operation: 'CREATE', object: good, oldObject: 'x' })).result, 'injected')
})

t.test('an answer has both patch and patchType, or neither', async t => {
  const unpatched = await answer({ object: { ...good, metadata: { name: 'a' } } })
  t.strictSame(Object.keys(unpatched.response), ['uid', 'allowed'])
  t.strictSame(Object.keys((await answer({ object: good })).response), ['uid', 'allowed', 'patchType', 'patch'])
})

t.test('the reply is an AdmissionReview of the same version with the same uid', async t => {
  const { reply } = await answer({ object: good })
  t.match(reply, { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true, patchType: 'JSONPatch' } })
})

t.test('a warning gets a prefix and is truncated to 120 characters', async t => {
  t.equal(toWarning('a'), 'ecr-anywhere: a')
  t.equal(toWarning('a'.repeat(500)).length, 120)
})
