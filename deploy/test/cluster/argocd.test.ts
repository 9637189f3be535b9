import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverVersion } from '@ecr-anywhere/scripts/cluster/server-version.ts'
import { bedValues } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { find, startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { merged, podTemplates, releaseNamespace, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'argocd'
const one = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const two = '210987654321.dkr.ecr.eu-west-1.amazonaws.com'
const wanted = [
  { name: 'ecr-auth', kind: 'argocd-repository', url: one, expiryConfigMap: true },
  { name: 'charts', kind: 'argocd-repo-creds', url: two, expiryConfigMap: true },
  { name: 'manifests', kind: 'argocd-repository', url: `${two}/app`, type: 'oci' },
].map(secret => ({ namespace, ...secret }))
const rendered = await render(merged(await bedValues(), { secrets: wanted }), await serverVersion())
const refresher = podTemplates(rendered).find(({ from }) => from === 'CronJob/ecr-anywhere-refresh')?.spec.containers[0]

const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-argocd-'))
t.teardown(() => rm(dir, { recursive: true }))
const bed = await startAttested(t)
const { cluster } = bed
const { kubectl, kubeconfig } = cluster
await bed.namespace(namespace)
const ofNamespace = rendered.filter(({ metadata }) => metadata.namespace === namespace)
await must(kubectl('apply', '-f', '-', manifests(...ofNamespace, find(rendered, 'ServiceAccount', 'ecr-anywhere-secrets'))))

/** Runs a program with a service account of the chart. */
async function runAs(account: string, args: string[], env: Record<string, string> = {}) {
  const token = (await must(kubectl('create', 'token', '-n', releaseNamespace, account))).trim()
  const file = join(dir, `${account}.kubeconfig`)
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(kubeconfig, 'utf8')), users: [{ name: 'user', user: { token } }] }))
  return await bed.ecrAnywhere(args, { KUBECONFIG: file, ...env })
}

const refresh = (...flags: string[]) => {
  const env = refresher.env.map(({ name, value }: { name: string; value: string }) => [name, value])
  return runAs('ecr-anywhere-refresh', ['refresh', ...flags], Object.fromEntries(env))
}
const configMap = async (name: string) => JSON.parse(await must(kubectl('get', 'configmap', '-n', namespace, name, '-o', 'json')))

t.test('Secrets of several registries, types and kinds have the keys and labels of Argo CD, and open their registries', async t => {
  const secretsFile = join(dir, 'secrets.yaml')
  await writeFile(secretsFile, find(rendered, 'ConfigMap', 'ecr-anywhere-secrets').data['secrets.yaml'])
  await until('apply-secrets succeeds', async () => {
    const { code } = await runAs('ecr-anywhere-secrets', ['apply-secrets'], { SECRETS_FILE: secretsFile })
    return code === 0
  })
  const stored: [name: string, host: string, type: string, texts: Record<string, string>][] = [
    ['ecr-auth', one, 'repository', { name: 'ecr-auth', type: 'helm', enableOCI: 'true', url: one, username: 'AWS' }],
    ['charts', two, 'repo-creds', { name: 'charts', type: 'helm', enableOCI: 'true', url: `${two}/`, username: 'AWS' }],
    ['manifests', two, 'repository', { name: 'manifests', type: 'oci', url: `oci://${two}/app`, username: 'AWS' }],
  ]
  for (const [name, host, type, texts] of stored) {
    const secret = await storedSecret(cluster, { namespace, name })
    t.equal(secret.labels['argocd.argoproj.io/secret-type'], type, name)
    t.strictSame(Object.keys(secret.digests).sort(), [...Object.keys(texts), 'password'].sort(), name)
    for (const [key, value] of Object.entries(texts)) t.equal(secret.text(key), value, `${name}: ${key}`)
    t.equal(await pullStatus(bed.emulator, host, secret.login(host)), 200, name)
  }
})

t.test(
  'refresh writes the ConfigMap of argo-ecr-auth, also over the one that this program left, and only where it is requested',
  async t => {
    const literals = ['--from-literal=expireyTime=2022-01-01T00:00:00Z', `--from-literal=name=${one}`]
    await must(kubectl('create', 'configmap', 'ecr-auth', '-n', namespace, ...literals))
    await must(kubectl('label', 'configmap', 'ecr-auth', '-n', namespace, 'argo-ecr-auth=managed-resource'))
    const { code, stdout, stderr } = await refresh()
    t.equal(code, 0, stdout + stderr)
    for (const [name, host] of [
      ['ecr-auth', one],
      ['charts', two],
    ] as const) {
      const { data, metadata } = await configMap(name)
      const { annotations: notes } = await storedSecret(cluster, { namespace, name })
      t.strictSame(data, { expireyTime: notes[annotations.expiresAt], name: host })
      t.strictSame(metadata.labels, { 'argo-ecr-auth': 'managed-resource' })
    }
    t.match((await kubectl('get', 'configmap', 'manifests', '-n', namespace)).stderr, /NotFound/)
  },
)

t.test('the next token moves the time, and a run that renews nothing does not write', async t => {
  const before = await configMap('ecr-auth')
  t.equal((await refresh()).code, 0)
  t.equal((await configMap('ecr-auth')).metadata.resourceVersion, before.metadata.resourceVersion)
  bed.emulator.setTokenLife(11 * 3600)
  await bed.restartWebhook()
  t.match(await refresh('--force'), { code: 0, stdout: /refreshed 3/ })
  const after = await configMap('ecr-auth')
  t.equal(after.data.expireyTime, (await storedSecret(cluster, { namespace, name: 'ecr-auth' })).annotations[annotations.expiresAt])
  t.not(after.data.expireyTime, before.data.expireyTime)
})

t.test('the refresher may write just these ConfigMaps, and a run without this right fails and says so', async t => {
  const as = `--as=system:serviceaccount:${releaseNamespace}:ecr-anywhere-refresh`
  const canI = async (...asked: string[]) => (await kubectl('auth', 'can-i', ...asked, as)).stdout.trim()
  t.equal(await canI('patch', 'configmap/ecr-auth', '-n', namespace), 'yes')
  for (const asked of [
    ['patch', 'configmap/argocd-cm', '-n', namespace],
    ['get', 'configmap/ecr-auth', '-n', namespace],
    ['patch', 'configmap/ecr-auth', '-n', 'default'],
  ])
    t.equal(await canI(...asked), 'no', asked.join(' '))
  await must(kubectl('delete', 'rolebinding', 'ecr-anywhere-refresh-expiry', '-n', namespace))
  bed.emulator.setTokenLife(12 * 3600)
  const { code, stdout, stderr } = await refresh()
  t.equal(code, 1)
  t.match(stdout, /failed 0/)
  t.match(stderr.trimEnd().split('\n').at(-1), /refresh failed: the ConfigMap argocd\/ecr-auth was not written: found HTTP 403/)
})
