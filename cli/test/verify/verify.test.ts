import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { type Cluster, clusterOf } from '../../src/cluster/cluster.ts'
import { ecrImageName } from '../../src/verify/image-name.ts'
import type { SendToRegistry } from '../../src/verify/registry-checks.ts'
import { readVerifySettings } from '../../src/verify/settings.ts'
import { exitCodeOf } from '../../src/verify/verified.ts'
import { verifiedText } from '../../src/verify/verified-text.ts'
import { verifyPod } from '../../src/verify/verify-pod.ts'
import { verifySecret } from '../../src/verify/verify-secret.ts'
import { wantedPlatforms } from '../../src/verify/wanted-platforms.ts'

const nowMs = Date.parse('2026-12-01T12:00:00Z')
const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const image = `${host}/shop/web:1`
const config = (...hosts: string[]) =>
  btoa(JSON.stringify({ auths: Object.fromEntries(hosts.map(name => [name, { username: 'AWS', password: 'hunter2' }])) }))
const secret = (name: string, more: object = {}) => ({
  type: 'kubernetes.io/dockerconfigjson',
  metadata: {
    name,
    namespace: 'shop',
    labels: { [labels.managed]: 'true' },
    annotations: { [annotations.expiresAt]: '2026-12-01T14:00:00Z' },
  },
  data: { '.dockerconfigjson': config(host) },
  ...more,
})
const waiting = { reason: 'ErrImagePull', message: 'Back-off' }
const pod = (name: string, more: object = {}) => ({
  metadata: { name, namespace: 'shop', uid: '1', creationTimestamp: '2026-12-01T11:00:00Z' },
  spec: { nodeName: 'node', imagePullSecrets: [{ name: 'pull' }, {}], containers: [{ name: 'app', image }], ...more },
  status: { containerStatuses: [{ name: 'app', image, state: { waiting } }] },
})
const event = {
  reason: 'Failed',
  type: 'Warning',
  message: `Failed to pull image "${image}": dial tcp: i/o timeout`,
  metadata: { creationTimestamp: '2026-12-01T11:30:00Z' },
}

const secretsPath = '/api/v1/namespaces/shop/secrets/'
const podsPath = '/api/v1/namespaces/shop/pods/'
const node = { status: { nodeInfo: { operatingSystem: 'linux', architecture: 'amd64' } } }
const objects: Record<string, object> = {
  [`${secretsPath}pull`]: secret('pull'),
  [`${secretsPath}expired`]: secret('expired', {
    metadata: {
      name: 'expired',
      namespace: 'shop',
      labels: { [labels.managed]: 'true' },
      annotations: { [annotations.expiresAt]: '2026-12-01T11:00:00Z' },
    },
  }),
  [`${secretsPath}empty`]: secret('empty', { data: { '.dockerconfigjson': config('docker.io') } }),
  [`${secretsPath}broken`]: secret('broken', { data: {} }),
  [`${secretsPath}own`]: { type: 'Opaque', metadata: { name: 'own', namespace: 'shop' }, data: {} },
  [`${podsPath}web`]: pod('web'),
  [`${podsPath}unscheduled`]: pod('unscheduled', { nodeName: undefined }),
  [`${podsPath}several`]: pod('several', { imagePullSecrets: [{ name: 'own' }, { name: 'none' }, { name: 'secret' }, { name: 'pull' }] }),
  [`${podsPath}denied`]: pod('denied', { imagePullSecrets: [{ name: 'secret' }] }),
  [`${podsPath}bare`]: pod('bare', { imagePullSecrets: null }),
  [`${podsPath}wrong`]: pod('wrong', { imagePullSecrets: [{ name: 'empty' }] }),
  [`${podsPath}public`]: pod('public', { containers: [{ name: 'app', image: 'nginx' }] }),
  '/api/v1/nodes/node': node,
}

const answer = (status: number, body: object) => ({ status, body, warnings: [], retryAfterSeconds: undefined })

/** The answers of an API server for these objects; the Secret `secret` and lists of nodes are refused. */
const request: Cluster['request'] = async ({ path }) => {
  const [name = ''] = path.split('?')
  if (name === `${secretsPath}secret` || name === '/api/v1/nodes') return answer(403, { reason: 'Forbidden', message: 'no' })
  if (name.endsWith('/events')) return answer(200, { items: [{ ...event, message: 'older', eventTime: '2026-12-01T11:00:00Z' }, event] })
  const found = objects[name]
  return found === undefined ? answer(404, {}) : answer(200, found)
}
const cluster = clusterOf({ context: 'a', namespace: 'shop', server: 'https://b', request })

const accepting: SendToRegistry = async ({ path }) => ({
  status: 200,
  code: undefined,
  message: '',
  body: path === '/v2/' ? {} : { manifests: [{ platform: { os: 'linux', architecture: 'amd64' } }] },
})
const refusing: SendToRegistry = async () => ({ status: 401, code: 'UNAUTHORIZED', message: '', body: {} })
const options = { image: undefined, wanted: undefined, send: accepting, nowMs }
const plain = (text: string) => text

const secrets: [name: string, more: object, said: RegExp, exitCode: 0 | 1][] = [
  ['pull', {}, /^Secret shop\/pull \(kubernetes\.io\/dockerconfigjson, expires in 2h\)\nok +registry /, 0],
  ['pull', { image: ecrImageName(image) }, /\nok +image \S+: the manifest of \S+ can be had, for linux\/amd64/, 0],
  ['pull', { send: refusing }, /\nfailed +registry .*\n +found +that \S+ refuses the credentials \(HTTP 401, UNAUTHORIZED\)/, 1],
  ['pull', { image: ecrImageName('public.ecr.aws/a/b:1') }, /found +credentials for \S+, but not for public\.ecr\.aws/, 1],
  ['expired', {}, /expired 1h ago/, 0],
  ['empty', {}, /found +no credentials for an ECR registry in it\n.*\n +do +Run `ecr-anywhere doctor`/, 1],
  ['broken', {}, /found +a Secret that no client can use: it has no key \.dockerconfigjson/, 1],
  [
    'own',
    {},
    /\(Opaque, not managed by ECR Anywhere\)[\s\S]*do +Label it, so that the webhook fills it: kubectl label secret -n shop own /,
    1,
  ],
  ['secret', {}, /^Secret shop\/secret\ncannot tell +Secret shop\/secret: needs the right to get secret secret in namespace shop\n/, 1],
]

function titleOf(what: string, { name, more, said }: { name: string; more: object; said: RegExp }): string {
  return `${[`${what} ${name}`, ...Object.keys(more)].join(', ')}: ${said.source.slice(0, 50)}`
}

for (const [name, more, said, exitCode] of secrets) {
  t.test(titleOf('the Secret', { name, more, said }), async t => {
    const verified = await verifySecret(cluster, { namespace: 'shop', name }, { ...options, ...more })
    t.match(verifiedText(verified, plain), said)
    t.equal(exitCodeOf(verified), exitCode)
    t.notMatch(JSON.stringify(verified), 'hunter2')
  })
}

const pods: [name: string, more: object, said: RegExp, exitCode: 0 | 1][] = [
  ['web', {}, /^pod shop\/web \(node node, ServiceAccount default, imagePullSecrets pull\)\nok +image .*, with the Secret pull\n/, 0],
  ['web', {}, /\nThe container app is in ErrImagePull: the node found no connection from the node to the registry\. /, 0],
  ['web', { send: refusing }, /\nThe kubelet tries for \S+:\n {2}1\. Secret pull, entry \S+: failed: /, 1],
  ['unscheduled', {}, /\(not on a node yet, /, 0],
  [
    'several',
    {},
    /The kubelet ignores the Secret shop\/own: its type Opaque is none .*\nThe kubelet ignores the Secret shop\/none: it does not exist\.\nCannot tell what is in the Secret secret: needs the right to get secret secret/,
    0,
  ],
  ['denied', {}, /\ncannot tell +image \S+: needs the right to get secret secret in namespace shop\n/, 1],
  ['bare', {}, /found +no imagePullSecrets on the pod/, 1],
  ['wrong', {}, /found +no entry for \S+ in the imagePullSecrets of the pod/, 1],
  ['public', {}, /\nok +images: no image of this pod is in ECR\n/, 0],
  ['web', { wanted: { platforms: ['linux/arm64'], from: '--platform' } }, /expected +an image for linux\/arm64, as --platform requires/, 1],
]

for (const [name, more, said, exitCode] of pods) {
  t.test(titleOf('the pod', { name, more, said }), async t => {
    const verified = await verifyPod(cluster, { namespace: 'shop', name }, { ...options, ...more })
    t.match(verifiedText(verified, plain), said)
    t.equal(exitCodeOf(verified), exitCode)
    t.notMatch(JSON.stringify(verified), 'hunter2')
  })
}

t.test('what does not exist is a wrong command line', async t => {
  const target = { namespace: 'shop', name: 'nothing' }
  for (const [verify, found] of [
    [verifySecret, 'no Secret nothing in namespace shop'],
    [verifyPod, 'no pod nothing in namespace shop'],
  ] as const) {
    const error: unknown = await verify(cluster, target, options).catch(error => error)
    t.match(error, { kind: 'settings', text: { found } })
  }
})

t.test('a registry that cannot be reached from here is not a failure, and a mistake is not hidden', async t => {
  const send = (error: Error) => ({ ...options, send: () => Promise.reject(error) })
  const unreachable = await verifySecret(
    cluster,
    { namespace: 'shop', name: 'pull' },
    send(new Fault('transient', { code: 'ENOTFOUND', found: '', wanted: '', todo: '' })),
  )
  t.match(unreachable.findings, [{ state: 'cannot tell', needs: /a connection to \S+ from here \(ENOTFOUND\)/ }])
  await t.rejects(verifySecret(cluster, { namespace: 'shop', name: 'pull' }, send(new TypeError('x'))), new TypeError('x'))
})

t.test('the target, the image and the platform are read from the command line', async t => {
  t.match(readVerifySettings({ image, platform: 'linux/arm64', output: 'json' }, 'shop/pull'), {
    target: { kind: 'Secret', namespace: 'shop', name: 'pull' },
    image: { host },
    wanted: { platforms: ['linux/arm64'] },
    output: 'json',
  })
  t.match(readVerifySettings({ namespace: 'shop' }, 'pod/web'), { target: { kind: 'pod', namespace: 'shop', name: 'web' }, output: 'text' })
  for (const [given, target, said] of [
    [{}, 'pull', /<target>: found "pull"/],
    [{}, 'a/b/c', /<target>/],
    [{ namespace: 'other' }, 'shop/pull', /--namespace: found "other", wanted none/],
    [{ platform: 'arm' }, 'shop/pull', /--platform: found "arm"/],
    [{ output: 'wide' }, 'shop/pull', /--output: found "wide"/],
  ] as const)
    t.throws(() => readVerifySettings(given, target), said)
})

t.test('the platforms are those of the node, or of all nodes', async t => {
  const list = clusterOf({ context: 'a', namespace: 'b', server: 'c', request: async () => answer(200, { items: [node, node, {}] }) })
  t.match(await wantedPlatforms(list, undefined), { platforms: ['linux/amd64'], from: 'this cluster with its nodes' })
  t.equal(await wantedPlatforms(cluster, 'unknown'), undefined)
  t.equal(await wantedPlatforms(cluster, undefined), undefined, 'without the right to list nodes')
  await t.rejects(wantedPlatforms(clusterOf({ ...cluster, request: async () => answer(500, {}) }), 'a'), /HTTP 500/)
})
