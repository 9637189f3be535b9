import t from 'tap'
import type { KubeRequest, KubeStream } from '../../src/kube/transport.ts'
import { watchMetadata } from '../../src/kube/watch.ts'

const set = { apiVersion: 'v1', kind: 'Namespace' }
const event = (type: string, object: object) => JSON.stringify({ type, object })
const meta = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } })

/** Watches an API server that answers with these lines. @returns the events and the request */
async function watched(lines: string[], answer: { status: number; body?: unknown } = { status: 200 }) {
  const sent: KubeRequest[] = []
  const open = async (request: KubeRequest): Promise<KubeStream> => {
    sent.push(request)
    return { answer: { body: undefined, warnings: [], retryAfterSeconds: undefined, ...answer }, lines: stream(lines) }
  }
  const signal = new AbortController().signal
  const events = await Array.fromAsync(watchMetadata(open, { set, selectors: { labelSelector: 'a' }, resourceVersion: '7', signal }))
  return { events, sent }
}

async function* stream(lines: string[]) {
  yield* lines
}

t.test('a watch asks for metadata and bookmarks from a version on, and reports each change', async t => {
  const lines = [event('ADDED', meta('a', '8')), '', event('DELETED', meta('b', '9')), event('BOOKMARK', meta('', '10'))]
  const { events, sent } = await watched(lines)
  t.match(events, [
    { type: 'ADDED', resourceVersion: '8', object: { name: 'a' } },
    { type: 'DELETED', resourceVersion: '9', object: { name: 'b' } },
    { type: 'BOOKMARK', resourceVersion: '10', object: undefined },
  ])
  t.equal(sent[0]?.accept, 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1')
  const query = new URL(sent[0]?.path ?? '', 'https://api').searchParams
  t.strictSame(Object.fromEntries(query), {
    labelSelector: 'a',
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: '300',
    resourceVersion: '7',
  })
})

t.test('HTTP 410, as an answer or in the stream, is the fault `Expired`', async t => {
  const gone = { kind: 'Status', code: 410, reason: 'Gone', message: 'too old resource version' }
  await t.rejects(watched([], { status: 410, body: gone }), { code: 'Expired', message: /too old resource version/ })
  await t.rejects(watched([event('ERROR', gone)]), { code: 'Expired', message: /HTTP 410 on watching \/api\/v1\/namespaces/ })
})

t.test('other refusals have the reason of the API server', async t => {
  await t.rejects(watched([], { status: 403, body: { reason: 'Forbidden', message: 'no right' } }), {
    code: 'Forbidden',
    message: /no right/,
  })
  await t.rejects(watched([event('ERROR', { code: 500, message: 'etcd' })]), { code: 'HTTP 500', message: /HTTP 500 .* etcd/ })
  await t.rejects(watched([event('ERROR', {})]), { code: 'HTTP 0' })
})

t.test('a line that is no event is reported and not quoted', async t => {
  for (const line of ['<html>secret</html>', '{}', '{"type":"ADDED","object":{}}', '{"type":"OTHER","object":{"metadata":{}}}'])
    await t.rejects(watched([line]), { code: 'MalformedResponse', message: /^(?!.*secret)found a line of a watch that is no event/ })
})
