import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { startImageStore } from '@ecr-anywhere/scripts/testbed/image-store.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { startPublicFront } from '@ecr-anywhere/scripts/testbed/public-front.ts'
import { serviceAccount } from '@ecr-anywhere/scripts/testbed/service-account.ts'
import { must, ownRegistry, startTestbed, user } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { findingText, type TitledFinding } from '../../src/findings/finding.ts'

const namespace = 'verify'
const poor = 'verify-poor'
const otherRegistry = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const roleArn = 'arn:aws:iam::123456789012:role/pull-nothing'
const tenants = `tenants: [{name: default}, {name: poor, roleArn: '${roleArn}', registries: [${ownRegistry}]}]`

const store = await startImageStore([
  { repository: 'shop/web', tag: '1.2', platforms: ['linux/amd64', 'linux/arm64'] },
  { repository: 'shop/arm', tag: '1.0', platforms: ['linux/arm64'] },
  { repository: 'shared/base', tag: '1', platforms: ['linux/amd64'] },
])
t.teardown(store.stop)
const cluster = await clusterFor(t)
const { kubectl, kubeconfig } = cluster
let aheadMs = 0
const bed = await startTestbed({
  cluster,
  id: 'verify',
  tenants,
  registered: { enabled: 'default', poor: 'poor' },
  emulator: {
    upstream: store.url,
    users: [{ ...user, mayRead: ['123456789012'] }],
    roles: [{ arn: roleArn, mayRead: [] }],
    nowMs: () => Date.now() + aheadMs,
  },
})
t.teardown(bed.stop)
const front = await startPublicFront({ [ownRegistry]: bed.emulator.port, [otherRegistry]: bed.emulator.port })
t.teardown(front.stop)
const ca = join(bed.dir, 'front-ca.pem')
await writeFile(ca, front.ca)
const env = { KUBECONFIG: kubeconfig, HTTPS_PROXY: front.url, AWS_CA_BUNDLE: ca }
const verify = (...args: string[]) => bed.ecrAnywhere(['verify', ...args], env)
const apply = (...objects: object[]) => must(kubectl('apply', '--server-side', '--force-conflicts', '-f', '-', manifests(...objects)))

await bed.namespace(namespace)
await bed.namespace(poor, 'poor')
await apply(
  managedSecret({ namespace, name: 'pull' }),
  managedSecret({ namespace, name: 'both', annotations: { [annotations.registries]: `${ownRegistry},${otherRegistry}` } }),
  managedSecret({ namespace: poor, name: 'pull' }),
)

t.test('a Secret whose registry accepts the credentials is verified, with its expiry', async t => {
  const { code, stdout } = await verify(`${namespace}/pull`)
  t.equal(code, 0)
  t.match(stdout, /^Secret verify\/pull \(kubernetes\.io\/dockerconfigjson, expires in 11h\d+m\)$/m)
  t.match(stdout, `ok           registry ${ownRegistry}: ${ownRegistry} accepts the credentials\n`)
  t.match(stdout, /^The registry was asked from here\. A node may take another way to it/m)
  const json = await verify(`${namespace}/pull`, '-o', 'json')
  t.match(JSON.parse(json.stdout), { ok: true, findings: [{ state: 'ok' }] })
})

const images: [about: string, secret: string, args: string[], state: string, said: RegExp][] = [
  ['an image of two platforms', `${namespace}/pull`, [`${ownRegistry}/shop/web:1.2`], 'ok', /can be had, for linux\/amd64, linux\/arm64/],
  ['an image of one platform', `${namespace}/pull`, [`${ownRegistry}/shared/base:1`], 'ok', /can be had, for linux\/amd64/],
  [
    'an image of another platform',
    `${namespace}/pull`,
    [`${ownRegistry}/shop/arm:1.0`, '--platform', 'linux/amd64'],
    'failed',
    /found the image \S+ for linux\/arm64 only; expected an image for linux\/amd64, as --platform requires\. Build it for both/,
  ],
  ['a missing tag', `${namespace}/pull`, [`${ownRegistry}/shop/web:9`], 'failed', /found no tag 9 in the repository shop\/web/],
  [
    'a missing repository',
    `${namespace}/pull`,
    [`${ownRegistry}/shop/nothing:1`],
    'failed',
    /found no repository shop\/nothing in .*Correct the name of the image, or create it/,
  ],
  [
    'a repository policy in another account',
    `${namespace}/both`,
    [`${otherRegistry}/shared/base:1`],
    'failed',
    /found that arn:aws:iam::123456789012:user\/ecr-anywhere may not ecr:BatchGetImage on the repository \S+ of another account, 111122223333; expected a repository policy in that account/,
  ],
  [
    'a role that may not read it',
    `${poor}/pull`,
    [`${ownRegistry}/shop/web:1.2`],
    'failed',
    /found that arn:aws:sts::123456789012:assumed-role\/pull-nothing\/\S+ may not ecr:BatchGetImage on the repository \S+; expected a policy of the role which allows it/,
  ],
  [
    'a registry that the Secret does not have',
    `${namespace}/pull`,
    [`${otherRegistry}/shared/base:1`],
    'failed',
    /found credentials for \S+, but not for 111122223333\./,
  ],
]

for (const [about, secret, [image = '', ...args], state, said] of images) {
  t.test(`${about} is told apart`, async t => {
    const { code, stdout } = await verify(secret, '--image', image, ...args, '-o', 'json')
    t.equal(code, state === 'ok' && !secret.startsWith(poor) ? 0 : 1)
    const { findings } = JSON.parse(stdout) as { findings: TitledFinding[] }
    const finding = findings.find(({ title }) => title === `image ${image}`)
    t.equal(finding?.state, state, stdout)
    t.match(finding === undefined ? '' : findingText(finding), said)
  })
}

t.test('credentials that have expired, and a registry that cannot be reached from here', async t => {
  aheadMs = 13 * 3_600_000
  const { code, stdout } = await verify(`${namespace}/pull`)
  aheadMs = 0
  t.equal(code, 1)
  t.match(stdout, /^failed +registry \S+\n +found +that \S+ refuses the credentials, because they have expired$/m)
  const cut = await bed.ecrAnywhere(['verify', `${namespace}/pull`], { ...env, HTTPS_PROXY: 'http://127.0.0.1:1' })
  t.equal(cut.code, 1)
  t.match(cut.stdout, /^cannot tell +registry \S+: needs a connection to \S+ from here \(ECONNREFUSED\)\. A node may reach it/m)
})

t.test('a pod: the logins in the order of the kubelet, the platform of its node, and why it waits now', async t => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'verify-node' } }
  await apply(node)
  t.teardown(() => kubectl('delete', 'node', 'verify-node'))
  const nodeInfo = {
    operatingSystem: 'linux',
    architecture: 'amd64',
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '',
    osImage: '',
    containerRuntimeVersion: '',
    kubeletVersion: '',
    kubeProxyVersion: '',
  }
  await must(
    kubectl('patch', 'node', 'verify-node', '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { nodeInfo } })),
  )
  await apply({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: { namespace, name: 'old' },
    stringData: {
      '.dockerconfigjson': JSON.stringify({ auths: { [`https://${ownRegistry}`]: { username: 'AWS', password: 'of-another-tool' } } }),
    },
  })
  const spec = (image: string, ...names: string[]) => ({
    nodeName: 'verify-node',
    imagePullSecrets: names.map(name => ({ name })),
    containers: [{ name: 'app', image }],
  })
  const pod = (name: string, ...args: Parameters<typeof spec>) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name },
    spec: spec(...args),
  })
  await until(
    'the namespace has its ServiceAccount',
    async () => (await kubectl('get', 'serviceaccount', '-n', namespace, 'default')).code === 0,
  )
  const web = `${ownRegistry}/shop/web:1.2`
  await apply(
    pod('web', web, 'old', 'missing', 'pull'),
    pod('arm', `${ownRegistry}/shop/arm:1.0`, 'pull'),
    pod('bare', web),
    pod('public', 'nginx:1'),
  )
  const message = `failed to pull and unpack image "${web}": failed to resolve reference "${web}": pull access denied: no basic auth credentials`
  const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${web}": ErrImagePull: ${message}` }
  const status = { containerStatuses: [{ name: 'app', image: web, imageID: '', ready: false, restartCount: 0, state: { waiting } }] }
  await must(kubectl('patch', 'pod', '-n', namespace, 'bare', '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })))

  const found = await verify('pod/web', '-n', namespace)
  t.equal(found.code, 0, found.stdout)
  t.match(found.stdout, /^pod verify\/web \(node verify-node, ServiceAccount default, imagePullSecrets old, missing, pull\)$/m)
  t.match(found.stdout, /^ok +image \S+: the manifest of \S+ can be had, for linux\/amd64, linux\/arm64, with the Secret pull$/m)
  t.match(
    found.stdout,
    /^ {2}1\. Secret old, entry \S+: failed: found that \S+ refuses the credentials \(HTTP 401.*\n {2}2\. Secret pull, entry \S+: ok: /m,
  )
  t.match(found.stdout, /^The kubelet ignores the Secret verify\/missing: it does not exist\.$/m)

  const arm = await verify('pod/arm', '-n', namespace)
  t.equal(arm.code, 1)
  t.match(arm.stdout, /for linux\/arm64 only\n +expected +an image for linux\/amd64, as the node verify-node requires$/m)

  const bare = await verify('pod/bare', '-n', namespace)
  t.equal(bare.code, 1)
  t.match(
    bare.stdout,
    /^failed +image \S+\n +found +no imagePullSecrets on the pod\n +expected +a Secret with credentials .*\n +do +Add the managed Secret/m,
  )
  t.match(
    bare.stdout,
    /^The container app is in ImagePullBackOff: the node found no credentials for this registry on the pod\. Add the managed Secret/m,
  )
  t.match(await verify('pod/public', '-n', namespace), { code: 0, stdout: /no image of this pod is in ECR/ })
})

t.test('a user without the right to get the Secret reads which right is missing', async t => {
  const file = join(bed.dir, 'poor.kubeconfig')
  await serviceAccount(cluster, { namespace, name: 'reader', file })
  const args = ['verify', `${namespace}/pull`]
  const { code, stdout } = await bed.ecrAnywhere(args, { ...env, KUBECONFIG: file })
  t.equal(code, 1)
  t.match(stdout, /^cannot tell +Secret verify\/pull: needs the right to get secret pull in namespace verify$/m)
})

for (const [about, args, said] of [
  [
    'a Secret that does not exist',
    [`${namespace}/nothing`],
    /found no Secret nothing in namespace verify; .*`ecr-anywhere status --all-namespaces`/,
  ],
  ['a pod that does not exist', ['pod/nothing', '-n', namespace], /found no pod nothing in namespace verify/],
  ['no target', ['nothing'], /<target>: found "nothing", wanted NAMESPACE\/NAME of a Secret, or pod\/NAME/],
  ['an image of another registry', [`${namespace}/pull`, '--image', 'nginx:1'], /--image with an image of the registry docker\.io/],
] as const) {
  t.test(`${about}: one sentence and exit code 2`, async t => {
    const { code, stdout, stderr } = await verify(...args)
    t.strictSame([code, stdout], [2, ''])
    t.match(stderr, said)
  })
}
