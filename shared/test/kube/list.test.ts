import t from 'tap'
import { listMetadata, listVersions } from '../../src/kube/list.ts'
import { objectMeta } from '../../src/kube/objects.ts'
import type { KubeAnswer, KubeRequest } from '../../src/kube/transport.ts'

const page = (name: string, next = ''): Partial<KubeAnswer> => ({
  status: 200,
  body: { items: [{ metadata: { name } }], metadata: { continue: next } },
})
const expired = (next?: string): Partial<KubeAnswer> => ({
  status: 410,
  body: { kind: 'Status', reason: 'Expired', message: 'The provided continue parameter is too old', metadata: { continue: next } },
})

const queryOf = (path: string) => Object.fromEntries(new URL(path, 'https://api').searchParams)

/** Lists from an API server that gives these answers in order. @returns the names, the requests and their continuation tokens */
async function listed(answers: Partial<KubeAnswer>[]) {
  const sent: KubeRequest[] = []
  const names: string[] = []
  const send = async (request: KubeRequest) => {
    sent.push(request)
    return { warnings: [], retryAfterSeconds: undefined, ...answers[sent.length - 1] } as KubeAnswer
  }
  for await (const metas of listMetadata(send, { apiVersion: 'v1', kind: 'Secret' }, { labelSelector: 'a=b' }))
    names.push(...metas.map(({ name }) => name))
  return { names, sent, asked: sent.map(({ path }) => queryOf(path).continue ?? null) }
}

t.test('a list is read page by page', async t => {
  t.match(await listed([page('a', '1'), page('b', '2'), page('c')]), { names: ['a', 'b', 'c'], asked: [null, '1', '2'] })
})

t.test('after an expired continuation token, the list continues with the token from the 410 response', async t => {
  t.match(await listed([page('a', '1'), expired('2'), page('b')]), { names: ['a', 'b'], asked: [null, '1', '2'] })
})

t.test('the list also continues if the first answer is a 410', async t => {
  t.match(await listed([expired('1'), page('a')]), { names: ['a'], asked: [null, '1'] })
})

t.test('a list without metadata has one page', async t => {
  for (const metadata of [undefined, null])
    t.strictSame((await listed([{ status: 200, body: { items: [{ metadata: { name: 'a' } }], metadata } }])).names, ['a'])
})

t.test('the list fails if the 410 response has no token, or if that token has also expired', async t => {
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
  ['null as items without a kind', { items: null, metadata: {} }],
  ['null as items of a Status', { kind: 'Status', items: null }],
  ['null as the items of another kind', { kind: 'ListOptions', items: null }],
  ['a string as items', { kind: 'PartialObjectMetadataList', items: 'items' }],
  ['an object as items', { kind: 'PartialObjectMetadataList', items: { 0: {} } }],
  ['strings as items', { kind: 'PartialObjectMetadataList', items: ['a'] }],
  ['null as an item', { kind: 'PartialObjectMetadataList', items: [null] }],
  ['an item without metadata', { kind: 'PartialObjectMetadataList', items: [{}] }],
  ['an item without a name', { kind: 'PartialObjectMetadataList', items: [{ metadata: {} }] }],
  ['a string', 'items'],
]

for (const [about, body] of noLists) {
  t.test(`HTTP 200 with ${about} is a fault and not an empty list`, async t => {
    await t.rejects(listed([{ status: 200, body }]), { kind: 'transient', code: 'MalformedResponse', message: /\(a proxy\)\?$/ })
    await t.rejects(listed([page('a', '1'), { status: 200, body }]), { code: 'MalformedResponse' }, 'this also holds on a later page')
  })
}

t.test('the error for a body that is no list names its path', async t => {
  const message = /^found HTTP 200 without a list on listing \/api\/v1\/secrets; wanted a PartialObjectMetadataList\. Is something/
  await t.rejects(listed([{ status: 200, body: {} }]), { message })
})

t.test('an empty list is accepted, including null items, which Go may write', async t => {
  for (const items of [[], null]) {
    const body = { kind: 'PartialObjectMetadataList', items, metadata: {} }
    const { names, asked } = await listed([{ status: 200, body }])
    t.strictSame({ names, asked }, { names: [], asked: [null] })
  }
})

t.test('a list requires HTTP 200', async t => {
  for (const status of [201, 204, 304, 401, 404, 500]) {
    await t.rejects(listed([{ ...page('a'), status }]), { message: new RegExp(`HTTP ${status} on listing /api/v1/secrets: no message`) })
  }
})

t.test('a list is requested with its selector, in pages of 500 and only as metadata', async t => {
  const { sent } = await listed([page('a', '1'), page('b')])
  t.strictSame(
    sent.map(({ method, path, accept }) => ({ method, accept, ...queryOf(path) })),
    [{}, { continue: '1' }].map(place => ({
      method: 'GET',
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      labelSelector: 'a=b',
      limit: '500',
      ...place,
    })),
  )
})

t.test('a list can continue after several expired tokens, if there are pages between them', async t => {
  t.strictSame((await listed([page('a', '1'), expired('2'), page('b', '3'), expired('4'), page('c')])).names, ['a', 'b', 'c'])
})

const forgotten = (body: unknown) => [page('a', '1'), { status: 410, body }]

t.test('the list fails if the continuation token cannot be read', async t => {
  for (const body of [undefined, {}, { metadata: null }, { metadata: { continue: '' } }, { metadata: { continue: 7 } }]) {
    await t.rejects(listed(forgotten(body)), { code: 'HTTP 410', message: /HTTP 410 on listing/ }, JSON.stringify(body))
  }
})

t.test('a continuation token in another error than 410 is not used', async t => {
  await t.rejects(listed([page('a', '1'), { ...expired('2'), status: 500 }]), { message: /^found HTTP 500 on listing/ })
})

t.test('each page has the resource version from which a watch can continue, or an empty one', async t => {
  const set = { apiVersion: 'v1', kind: 'Secret' }
  for (const [metadata, resourceVersion] of [
    [{ resourceVersion: '7' }, '7'],
    [{}, ''],
    [undefined, ''],
  ] as const) {
    const request = async () => ({ status: 200, body: { items: [], metadata }, warnings: [], retryAfterSeconds: undefined })
    const pages = listVersions(request, { set, selectors: {}, item: objectMeta, metadataOnly: true })
    t.strictSame(await Array.fromAsync(pages), [{ items: [], resourceVersion }])
  }
})
