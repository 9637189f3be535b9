import { readFile } from 'node:fs/promises'
import { startControlPlane } from '@ecr-anywhere/scripts/cluster/control-plane.ts'
import { base, merged, releaseNamespace, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'

const elsewhere = 'team-a'
const secrets = [{ namespace: elsewhere, name: 'ecr-pull', registries: ['public.ecr.aws'] }]
/** By account and namespace: what `kubectl auth can-i --list` shows in addition to the list of a service account without any binding. */
const golden = sections(await readFile(new URL('can-i.txt', import.meta.url), 'utf8'))

const cluster = await startControlPlane()
t.teardown(() => cluster.stop())
const { kubectl } = cluster
for (const name of [releaseNamespace, elsewhere]) await must(kubectl('create', 'namespace', name))
const attestation = { mode: 'policy' }
const provision = { enabled: true }
const rendered = await render(merged(base, { attestation, secrets, provision, tenants: [{ name: 'default' }, { name: 'team-a' }] }))
const rights = rendered.filter(({ kind }) => /^ServiceAccount$|Role(Binding)?$/.test(kind))
await must(kubectl('apply', '-f', '-', manifests(...rights)))
await must(kubectl('create', 'serviceaccount', '-n', releaseNamespace, 'fresh'))
const accounts = rights.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name)

async function rightsOf(account: string, namespace: string): Promise<string[]> {
  const user = `--as=system:serviceaccount:${releaseNamespace}:${account}`
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${releaseNamespace}`, 'system:authenticated']
  const list = await must(kubectl('auth', 'can-i', '--list', '-n', namespace, user, ...groups.map(group => `--as-group=${group}`)))
  const [, ...lines] = list.trim().split('\n')
  // The column widths differ between accounts.
  return lines.map(line => line.replace(/ {2,}/g, '  ').trim()).sort()
}

t.test('the chart has a service account for each program, and can-i.txt has a section for each of them', async t => {
  const wanted = ['certs', 'certs-setup', 'check', 'provision', 'refresh', 'secrets', 'webhook'].map(name => `ecr-anywhere-${name}`)
  t.same(accounts.sort(), wanted)
  t.same(
    Object.keys(golden).sort(),
    wanted.flatMap(account => [releaseNamespace, elsewhere].map(namespace => `${account} in ${namespace}`)),
  )
})

for (const namespace of [releaseNamespace, elsewhere]) {
  for (const account of accounts) {
    t.test(`in ${namespace}, ${account} has the rights of a new service account and those in can-i.txt`, async t => {
      const fresh = await rightsOf('fresh', namespace)
      const wanted = [...fresh, ...(golden[`${account} in ${namespace}`] ?? [])].sort()
      // RBAC applies a binding shortly after it is stored. Rights that are not expected remain and make the comparison fail.
      const found = async () => (await rightsOf(account, namespace)).join('\n')
      await until('its rights are in force', async () => (await found()).length >= wanted.join('\n').length)
      t.equal(await found(), wanted.join('\n'))
    })
  }
}

t.test('the webhook has the rights of a new service account and no others', async t => {
  for (const namespace of [releaseNamespace, elsewhere])
    t.same(await rightsOf('ecr-anywhere-webhook', namespace), await rightsOf('fresh', namespace))
})

t.test('in mode aggregated, the webhook may also read one ConfigMap, and certs may also patch one APIService', async t => {
  const attestation = { mode: 'aggregated', aggregated: { tickets: false } }
  const aggregated = await render(merged(base, { attestation }))
  await must(kubectl('apply', '-f', '-', manifests(...aggregated.filter(({ kind }) => /Role(Binding)?$/.test(kind)))))
  const more = async (account: string, namespace: string) => {
    const fresh = await rightsOf('fresh', namespace)
    return (await rightsOf(account, namespace)).filter(line => !fresh.includes(line))
  }
  const one = 'configmaps  []  [extension-apiserver-authentication]  [get]'
  await until('the Role is in force', async () => (await more('ecr-anywhere-webhook', 'kube-system')).length > 0)
  t.strictSame(await more('ecr-anywhere-webhook', 'kube-system'), [one])
  for (const namespace of [releaseNamespace, elsewhere]) t.strictSame(await more('ecr-anywhere-webhook', namespace), [])
  for (const account of ['ecr-anywhere-certs', 'ecr-anywhere-certs-setup']) {
    const service = 'apiservices.apiregistration.k8s.io  []  [v1.admission.ecr-anywhere.centml.ai]  [get patch]'
    await until('the ClusterRole is in force', async () => (await more(account, elsewhere)).includes(service))
    t.notOk((await more(account, 'kube-system')).some(line => line.includes('configmaps')))
  }
})

/** The sections of a text: by title (`# title`), the lines below it. */
function sections(text: string): Record<string, string[]> {
  const parts = text.split(/^# /m).slice(1)
  return Object.fromEntries(parts.map(part => part.trim().split('\n')).map(([title = '', ...lines]) => [title, lines]))
}
