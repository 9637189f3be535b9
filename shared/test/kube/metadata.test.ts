import t from 'tap'
import type { KubeAnswer } from '../../src/kube/client.ts'
import { listMetadata } from '../../src/kube/metadata.ts'

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
