import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import t from 'tap'
import { maxPodNamespaces, waitingPods } from '../../src/refresh/waiting-pods.ts'

const ecr = '111122223333.dkr.ecr.us-east-1.amazonaws.com/app:1'

/** A pod of which one container waits. */
function pod(name: string, image: string, reason: string) {
  return {
    metadata: { name, namespace: 'a', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { imagePullSecrets: [{ name: 'pull' }], containers: [{ name: 'app', image }] },
    status: { containerStatuses: [{ name: 'app', image, state: { waiting: { reason } } }] },
  }
}

/** The result of a search, and the paths that it requested. */
async function search(namespaces: string[], answer: (path: string) => Partial<KubeAnswer>) {
  const paths: string[] = []
  const request = async ({ path }: { path: string }) => {
    paths.push(path)
    return { status: 200, body: undefined, warnings: [], retryAfterSeconds: undefined, ...answer(path) }
  }
  return { ...(await waitingPods(kubernetes({ request }), namespaces)), paths }
}

t.test('only pods that wait for an image from ECR are kept, from all pages', async t => {
  const pages = [
    [pod('first', ecr, 'ImagePullBackOff'), pod('elsewhere', 'docker.io/library/nginx', 'ErrImagePull')],
    [pod('starts', ecr, 'ContainerCreating'), pod('second', ecr, 'ErrImagePull')],
  ]
  const { pods, problem, paths } = await search(['a'], path =>
    path.includes('continue=') ? { body: { items: pages[1] } } : { body: { items: pages[0], metadata: { continue: 'next' } } },
  )
  t.strictSame(
    pods,
    ['first', 'second'].map(name => ({ namespace: 'a', name, uid: `uid-${name}`, pullSecrets: ['pull'], image: ecr })),
  )
  t.equal(problem, undefined)
  t.strictSame(paths, ['/api/v1/namespaces/a/pods?limit=500', '/api/v1/namespaces/a/pods?limit=500&continue=next'])
})

t.test('a namespace that cannot be listed is reported, and the others are listed', async t => {
  const { pods, problem } = await search(['b', 'a', 'c'], path =>
    path.includes('/a/') ? { body: { items: [pod('first', ecr, 'ErrImagePull')] } } : { status: 403, body: { message: 'no right' } },
  )
  t.equal(pods.length, 1)
  t.match(problem, /^pods in b were not listed, so they have no Events: found HTTP 403 on listing .*no right/)
})

t.test('without namespaces nothing is requested, and the number of namespaces is limited', async t => {
  t.strictSame(await search([], () => ({})), { pods: [], problem: undefined, paths: [] })
  const many = Array.from({ length: maxPodNamespaces + 5 }, (_, at) => `n${at}`)
  t.equal((await search(many, () => ({ body: { items: [] } }))).paths.length, maxPodNamespaces)
})
