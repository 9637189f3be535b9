import t from 'tap'
import { Fault } from '../../src/fault.ts'
import { kubernetes, type RunBounds } from '../../src/kube/kubernetes.ts'
import { objectMeta } from '../../src/kube/objects.ts'
import type { KubeAnswer, KubeRequest } from '../../src/kube/transport.ts'

/** A client of an API server that answers each request in this way. */
function answering(answer: Partial<KubeAnswer>, bounds?: RunBounds) {
  const sent: KubeRequest[] = []
  const request = async (asked: KubeRequest) => {
    sent.push(asked)
    return { status: 200, body: undefined, warnings: [], retryAfterSeconds: undefined, ...answer }
  }
  return { sent, api: kubernetes({ request }, bounds) }
}
const key = { apiVersion: 'v1', kind: 'Secret', namespace: 'n', name: 's' }
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'n', name: 's' } }

t.test('an object is parsed, and a missing one is undefined', async t => {
  const { api, sent } = answering({ body: { metadata: { name: 's', uid: 'u' } } })
  t.match(await api.get(key, objectMeta), { name: 's', uid: 'u', labels: {} })
  t.strictSame(sent, [{ method: 'GET', path: '/api/v1/namespaces/n/secrets/s' }])
  t.equal(await answering({ status: 404 }).api.get(key, objectMeta), undefined)
})

t.test('a read that is denied, or answered with another kind of body, is a fault', async t => {
  const message =
    'found HTTP 403 on reading /api/v1/namespaces/n/secrets/s: no; wanted HTTP 200. Give this account the right (RBAC). `kubectl auth can-i --list` shows which it has.'
  await t.rejects(answering({ status: 403, body: { message: 'no', reason: 'Forbidden' } }).api.get(key, objectMeta), {
    kind: 'transient',
    code: 'Forbidden',
    message,
  })
  for (const body of [undefined, 'text', {}, { metadata: { name: 7 } }])
    await t.rejects(answering({ body }).api.get(key, objectMeta), { code: 'MalformedResponse', message: /without an object in it/ })
})

t.test('a set is listed with or without selectors', async t => {
  const { api, sent } = answering({ body: { items: [{ metadata: { name: 's' } }] } })
  const set = { apiVersion: 'v1', kind: 'Secret', namespace: 'n' }
  for (const selectors of [undefined, { labelSelector: 'a' }]) t.match(await Array.fromAsync(api.list(set, selectors)), [[{ name: 's' }]])
  t.strictSame(
    sent.map(({ path }) => path),
    ['?limit=500', '?labelSelector=a&limit=500'].map(query => `/api/v1/namespaces/n/secrets${query}`),
  )
})

t.test('metadata is listed without the content of objects, and content only where it is asked for', async t => {
  const { api, sent } = answering({ body: { items: [{ metadata: { name: 'p' } }] } })
  const set = { apiVersion: 'v1', kind: 'Pod', namespace: 'n' }
  t.match(await Array.fromAsync(api.listContent(set, objectMeta)), [[{ name: 'p' }]])
  await Array.fromAsync(api.list(set))
  const message = /without a list on listing .*; wanted a list of Pods\./
  await t.rejects(Array.fromAsync(answering({ body: {} }).api.listContent(set, objectMeta)), { message })
  const path = '/api/v1/namespaces/n/pods?limit=500'
  t.strictSame(sent, [
    { method: 'GET', path },
    { method: 'GET', path, accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' },
  ])
})

t.test('an apply forces ownership of its fields and may create the object, and succeeds only with HTTP 200 and 201', async t => {
  for (const status of [200, 201]) {
    const { api, sent } = answering({ status })
    await api.apply(secret, 'me')
    t.strictSame(sent, [
      {
        method: 'PATCH',
        path: '/api/v1/namespaces/n/secrets/s?fieldManager=me&force=true',
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify(secret),
      },
    ])
  }
  for (const status of [202, 404, 409, 500])
    await t.rejects(answering({ status }).api.apply(secret, 'me'), {
      message: new RegExp(`HTTP ${status} on applying /api/v1/namespaces/n/secrets/s: no message`),
    })
})

t.test('a dry run of an apply returns the answer, whatever its status', async t => {
  for (const status of [200, 403, 500]) {
    const { api, sent } = answering({ status, warnings: ['w'] })
    t.match(await api.tryApply(secret, 'me'), { status, warnings: ['w'] })
    t.match(sent, [{ path: '/api/v1/namespaces/n/secrets/s?fieldManager=me&dryRun=All&force=true' }])
  }
})

t.test('a touch is a merge patch of annotations, and its answer contains only metadata', async t => {
  const { api, sent } = answering({ status: 409 })
  t.match(await api.touch({ namespace: 'n', name: 's', annotations: { a: 'b' }, fieldManager: 'me' }), { status: 409 })
  t.strictSame(sent, [
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/n/secrets/s?fieldManager=me',
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      contentType: 'application/merge-patch+json',
      body: '{"metadata":{"annotations":{"a":"b"}}}',
    },
  ])
})

t.test('an Event is created in the namespace of its Secret, with a truncated message, and a denial is a fault', async t => {
  const about = { kind: 'Secret', namespace: 'n', name: 's', uid: 'u' } as const
  const event = { about, component: 'c', reason: 'R', message: 'x'.repeat(2_000), nowMs: 0 }
  const { api, sent } = answering({ status: 201 })
  await api.createEvent(event)
  t.match(sent, [{ method: 'POST', path: '/api/v1/namespaces/n/events' }])
  t.equal(JSON.parse(sent[0]?.body ?? '').message.length, 1024)
  await t.rejects(answering({ status: 200 }).api.createEvent(event), { message: /HTTP 200 on creating an Event in n/ })
})

t.test('an Event with an id has a name, and one that is stored already is no fault', async t => {
  const about = { kind: 'Namespace', namespace: 'n', name: 'n', uid: 'u' } as const
  const event = { about, component: 'c', id: 'u.1', reason: 'R', message: 'x', nowMs: 0 }
  const exists = { status: 409, body: { reason: 'AlreadyExists' } }
  const { api, sent } = answering(exists)
  await api.createEvent(event)
  t.match(JSON.parse(sent[0]?.body ?? ''), {
    metadata: { name: 'c.u.1' },
    involvedObject: { kind: 'Namespace', namespace: 'n', name: 'n' },
  })
  const { id: _, ...unnamed } = event
  await t.rejects(answering(exists).api.createEvent(unnamed), { code: 'AlreadyExists' })
  await t.rejects(answering({ status: 403, body: { reason: 'Forbidden' } }).api.createEvent(event), { code: 'Forbidden' })
})

t.test('a create asks for the metadata of the answer only, and returns it whatever its status', async t => {
  const { api, sent } = answering({ status: 409 })
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'n', name: 's' } }
  t.match(await api.tryCreate(object, 'me'), { status: 409 })
  t.match(sent, [{ method: 'POST', path: '/api/v1/namespaces/n/secrets?fieldManager=me', accept: /as=PartialObjectMetadata;/ }])
  t.strictSame(JSON.parse(sent[0]?.body ?? ''), object)
})

t.test('every name is encoded as one path segment', async t => {
  const { api, sent } = answering({ status: 404 })
  await api.get({ ...key, namespace: '../a', name: 'b/c?d#e' }, objectMeta)
  await api.get({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', name: 'p' }, objectMeta)
  await api.get({ apiVersion: 'a.b/v1', kind: 'KeysPolicy', name: 'p' }, objectMeta)
  t.strictSame(
    sent.map(({ path }) => path),
    [
      '/api/v1/namespaces/..%2Fa/secrets/b%2Fc%3Fd%23e',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/p',
      '/apis/a.b/v1/keyspolicies/p',
    ],
  )
})

t.test('all requests of a run end at its deadline, and are retried until its signal', async t => {
  const [stop, deadline] = [new AbortController(), new AbortController()]
  let waits = 0
  const sleep = async () => {
    waits += 1
    if (waits === 2) stop.abort()
  }
  const retries = { sleep, random: () => 0, signal: stop.signal }
  const { api, sent } = answering({ status: 503 }, { retries, deadline: deadline.signal })
  await t.rejects(api.get(key, objectMeta), Fault)
  t.strictSame(
    sent.map(({ signal }) => signal),
    [deadline.signal, deadline.signal],
  )
  const ended = answering({ status: 503 }, { retries: { sleep, random: () => 0 }, deadline: AbortSignal.abort() })
  await t.rejects(ended.api.get(key, objectMeta), Fault)
  t.equal(ended.sent.length, 1, 'the deadline also ends retries')
  const once = answering({ status: 503 })
  await t.rejects(once.api.get(key, objectMeta), Fault)
  t.strictSame([once.sent.length, once.sent[0]?.signal], [1, undefined], 'without bounds there are no retries')
})
