import type { KubeAnswer, KubeRequest } from '@ecr-anywhere/shared/kube/transport.ts'
import t from 'tap'
import { readObjects } from '../../src/migrate/kube/read-cluster.ts'
import { tools } from '../../src/migrate/tools/tools.ts'

const answer = (status: number, body: unknown): KubeAnswer => ({ status, body, warnings: [], retryAfterSeconds: undefined })
const deployments = { kind: 'Deployment', apiVersions: ['apps/v1'] }
const item = (name: string) => ({ metadata: { name, namespace: 'a' }, spec: {} })

/** Answers requests in their order, and keeps them. */
function recording(...answers: KubeAnswer[]) {
  const requests: KubeRequest[] = []
  const request = async (asked: KubeRequest) => {
    requests.push(asked)
    return answers[requests.length - 1] ?? answer(404, {})
  }
  return { requests, request }
}

t.test('pages are followed to the end', async t => {
  const { requests, request } = recording(
    answer(200, { items: [item('a')], metadata: { continue: 'next page' } }),
    answer(200, { items: [item('b'), { metadata: {} }] }),
  )
  const { objects, problems } = await readObjects(request, [deployments], 'a')
  t.same(
    objects.map(({ kind, name }) => `${kind}/${name}`),
    ['Deployment/a', 'Deployment/b'],
  )
  t.match(problems, [{ what: 'a Deployment, metadata.name' }])
  t.same(
    requests.map(({ method, path }) => `${method} ${path}`),
    ['GET /apis/apps/v1/namespaces/a/deployments?limit=500', 'GET /apis/apps/v1/namespaces/a/deployments?limit=500&continue=next+page'],
  )
})

t.test('of Secrets and Namespaces, only metadata is ever requested, and nothing is changed', async t => {
  for (const { name, wanted } of tools) {
    const { requests, request } = recording()
    await readObjects(request, wanted, undefined)
    t.ok(requests.length >= wanted.length, name)
    for (const { method, path, accept } of requests) {
      t.equal(method, 'GET')
      if (/\/(?:secrets|namespaces)\?/.test(path)) t.match(accept, /as=PartialObjectMetadataList/, `${name}: ${path}`)
    }
  }
})

t.test('a kind is read in the first version that the cluster serves, and left out if it serves none', async t => {
  const { request } = recording(answer(404, {}), answer(200, { items: [item('a')] }))
  const externalSecrets = { kind: 'ExternalSecret', apiVersions: ['external-secrets.io/v1', 'external-secrets.io/v1beta1'] }
  const { objects } = await readObjects(request, [externalSecrets, deployments], undefined)
  t.match(objects, [{ apiVersion: 'external-secrets.io/v1beta1', name: 'a' }])
  t.equal(objects.length, 1)
})

t.test('a kind that the user may not list is a problem, and the others are read', async t => {
  const { request } = recording(answer(403, { reason: 'Forbidden' }), answer(200, { kind: 'DeploymentList', items: null }))
  const { problems } = await readObjects(request, [deployments, deployments], 'a')
  t.match(problems, [{ what: 'Deployment in a', found: 'no right to list them' }])
  t.equal(problems.length, 1)
})

t.test('a page whose token has expired is continued, and no object is lost', async t => {
  const { requests, request } = recording(
    answer(200, { items: [item('a')], metadata: { continue: 'old' } }),
    answer(410, { reason: 'Expired', metadata: { continue: 'new' } }),
    answer(200, { items: [item('b')] }),
  )
  const { objects } = await readObjects(request, [deployments], 'a')
  t.strictSame(
    objects.map(({ name }) => name),
    ['a', 'b'],
  )
  t.match(requests.at(-1)?.path, /continue=new$/)
})

t.test('any other answer is a failure', async t => {
  const { request } = recording(answer(500, { message: 'etcd is down' }))
  await t.rejects(readObjects(request, [deployments], undefined), {
    kind: 'transient',
    message: /HTTP 500 on listing \/apis\/apps\/v1\/deployments: etcd is down/,
  })
})
