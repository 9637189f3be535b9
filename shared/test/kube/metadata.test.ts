import t from 'tap'
import type { KubeAnswer } from '../../src/kube/client.ts'
import { listMetadata, messageOf, refused, toMeta } from '../../src/kube/metadata.ts'

const page = (name: string, next = ''): Partial<KubeAnswer> => ({
  status: 200,
  body: { items: [{ metadata: { name } }], metadata: { continue: next } },
})
const expired = (next?: string): Partial<KubeAnswer> => ({
  status: 410,
  body: { kind: 'Status', reason: 'Expired', message: 'The provided continue parameter is too old', metadata: { continue: next } },
})

/** Lists from an API server that gives these answers, one after the other. @returns names, and the places that were asked for */
async function listed(answers: Partial<KubeAnswer>[]) {
  const asked: (string | null)[] = []
  const names: string[] = []
  const send = async ({ path }: { path: string }) => {
    asked.push(new URL(path, 'https://api').searchParams.get('continue'))
    return { warnings: [], retryAfterSeconds: undefined, ...answers[asked.length - 1] } as KubeAnswer
  }
  for await (const metas of listMetadata(send, { path: '/api/v1/secrets', labelSelector: 'a=b' }))
    names.push(...metas.map(({ name }) => name))
  return { names, asked }
}

t.test('a list goes on page by page', async t => {
  t.strictSame(await listed([page('a', '1'), page('b', '2'), page('c')]), { names: ['a', 'b', 'c'], asked: [null, '1', '2'] })
})

t.test('where the place of a page was forgotten, it goes on from the one that comes with that news', async t => {
  t.strictSame(await listed([page('a', '1'), expired('2'), page('b')]), { names: ['a', 'b'], asked: [null, '1', '2'] })
})

t.test('without such a place, or with that forgotten too, the list fails and says why', async t => {
  const cause = { code: 'Expired', message: /HTTP 410 on listing \/api\/v1\/secrets: The provided continue parameter is too old/ }
  await t.rejects(listed([page('a', '1'), expired()]), cause)
  await t.rejects(listed([page('a', '1'), expired('2'), expired('3')]), cause)
})

const noLists: [about: string, body: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a Status', { kind: 'Status', apiVersion: 'v1', status: 'Success' }],
  ['a list whose items are missing', { kind: 'PartialObjectMetadataList', metadata: {} }],
  ['null as items of who knows what', { items: null, metadata: {} }],
  ['null as items of a Status', { kind: 'Status', items: null }],
  ['a text as items', { kind: 'PartialObjectMetadataList', items: 'items' }],
  ['an object as items', { kind: 'PartialObjectMetadataList', items: { 0: {} } }],
  ['texts as items', { kind: 'PartialObjectMetadataList', items: ['a'] }],
  ['null as an item', { kind: 'PartialObjectMetadataList', items: [null] }],
  ['an item without metadata', { kind: 'PartialObjectMetadataList', items: [{}] }],
  ['an item without a name', { kind: 'PartialObjectMetadataList', items: [{ metadata: {} }] }],
  ['a text', 'items'],
]

for (const [about, body] of noLists) {
  t.test(`HTTP 200 with ${about} is not a list of nothing, but a fault`, async t => {
    await t.rejects(listed([{ status: 200, body }]), { kind: 'passing', code: 'MalformedResponse', message: /\(a proxy\)\?$/ })
    await t.rejects(listed([page('a', '1'), { status: 200, body }]), { code: 'MalformedResponse' }, 'on a later page, too')
  })
}

t.test('an empty list is one, also as Go writes it in places', async t => {
  for (const items of [[], null]) {
    const body = { kind: 'PartialObjectMetadataList', items, metadata: {} }
    t.strictSame(await listed([{ status: 200, body }]), { names: [], asked: [null] })
  }
})

t.test('only HTTP 200 is a list', async t => {
  for (const status of [201, 204, 304, 401, 404, 500]) {
    await t.rejects(listed([{ ...page('a'), status }]), { message: new RegExp(`HTTP ${status} on listing /api/v1/secrets: no message`) })
  }
})

t.test('of an object, what is absent is empty, and being deleted is known', async t => {
  const bare = { name: 'a', namespace: '', uid: '', labels: {}, annotations: {}, isBeingDeleted: false }
  t.strictSame(toMeta({ metadata: { name: 'a' } }), bare)
  t.strictSame(toMeta({ metadata: { name: 'a', labels: null, annotations: null, deletionTimestamp: null } }), bare)
  t.equal(toMeta({ metadata: { name: 'a', deletionTimestamp: '2026-01-01T12:00:00Z' } }).isBeingDeleted, true)
  const full = { name: 'a', namespace: 'b', uid: 'c', labels: { d: 'e' }, annotations: { f: 'g' } }
  t.strictSame(toMeta({ metadata: full }), { ...full, isBeingDeleted: false })
})

const answered = (status: number, body?: object): KubeAnswer => ({ status, body, warnings: [], retryAfterSeconds: undefined })

t.test('a refusal has the API server’s message on one line, its reason as the code, and what to do', async t => {
  t.match(refused('a', answered(403, { message: 'no\n  way', reason: 'Forbidden' })), {
    code: 'Forbidden',
    message: 'found HTTP 403 on a: no way; wanted HTTP 200. Give this service account the right (RBAC).',
  })
  t.match(refused('a', answered(403, { message: 'policy p denied request: b' })), {
    code: 'HTTP 403',
    message: /Correct what the policy names\.$/,
  })
  t.match(refused('a', answered(500)), { code: 'HTTP 500', message: /HTTP 500 on a: no message; .* See the API server and its log\.$/ })
})

t.test('a message that is none is undefined, and no message is endless', async t => {
  for (const body of [undefined, {}, { message: '' }, { message: ' \n' }, { message: 7 }])
    t.equal(messageOf(answered(500, body)), undefined)
  t.equal(messageOf(answered(500, { message: 'x'.repeat(900) }))?.length, 900)
  t.match(messageOf(answered(500, { message: 'x'.repeat(901) })), /^x{899}…$/)
})
