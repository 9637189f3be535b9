import { readExpected } from '@ecr-anywhere/cronjob/check/expected.ts'
import { base, merged, ofKind, podTemplates, type Rendered, releaseNamespace, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { test } from 'tap'
import { variants } from './variants.ts'

const all = Object.entries(variants)
const nameOf = ({ kind, metadata }: Pick<Rendered, 'kind' | 'metadata'>) => `${kind} ${metadata.name}`
const isAdmission = ({ apiVersion }: Rendered) => /^(admissionregistration|apiregistration)\.k8s\.io\//.test(apiVersion)

function expectedIn(objects: readonly Rendered[]) {
  const [file] = ofKind(objects, 'ConfigMap').filter(({ metadata }) => metadata.name === 'ecr-anywhere-check')
  return readExpected(file?.data['expected.json'])
}

test('the check expects every admission object exactly as it is installed, and no other object', async t => {
  for (const [name, values] of all) {
    const objects = await render(values)
    const installed = objects.filter(isAdmission).map(object => ({ ...object, metadata: { name: object.metadata.name } }))
    const byName = (some: readonly { kind: string; metadata: { name: string } }[]) =>
      Object.fromEntries([...some].map(object => [nameOf(object), object]))
    t.strictSame(byName(expectedIn(objects).objects), byName(installed), name)
    t.ok(installed.length > 0)
  }
})

test('the expected objects of 500 tenants fit into a ConfigMap', async t => {
  const tenants = Array.from({ length: 500 }, (_, at) => ({ name: `team-${at}-${'x'.repeat(50)}`, profile: `p${at}` }))
  const [file] = ofKind(await render(merged(base, { tenants })), 'ConfigMap').filter(
    ({ metadata }) => metadata.name === 'ecr-anywhere-check',
  )
  t.ok(file?.data['expected.json'].length < 1024 * 1024, `${file?.data['expected.json'].length} bytes`)
})

test('the check knows the tenants, the default pull secret and which program publishes caBundle', async t => {
  const of = async (name: string) => expectedIn(await render(variants[name] ?? {}))
  t.match(await of('least'), { tenants: ['default'], caBundleFrom: 'certs', pullSecret: '' })
  t.equal((await of('provisioning')).pullSecret, 'ecr-anywhere-pull')
  t.equal((await of('tenants')).tenants.length, 4)
  t.match(await of('cert-manager'), { caBundleFrom: 'cert-manager' })
  t.match(await of('own certificate'), { caBundleFrom: 'certs' })
})

test('the check is allowed to get each object that it expects, by name', async t => {
  for (const [name, values] of all) {
    const objects = await render(values)
    const [role] = ofKind(objects, 'ClusterRole').filter(({ metadata }) => metadata.name === 'ecr-anywhere-check')
    const rules: { apiGroups: string[]; resources: string[]; resourceNames: string[]; verbs: string[] }[] = role?.rules
    const readable = rules
      .filter(({ apiGroups }) => /^(admission|api)registration\.k8s\.io$/.test(apiGroups[0] ?? ''))
      .flatMap(({ resources, resourceNames, verbs }) => resourceNames.map(object => `${verbs} ${resources} ${object}`))
    const wanted = expectedIn(objects).objects.map(
      ({ kind, metadata }) => `get ${kind.toLowerCase().replace(/y$/, 'ie')}s ${metadata.name}`,
    )
    t.strictSame(readable.sort(), wanted.sort(), name)
  }
})

test('certs also publishes the CA to the webhooks of the check, which are called only for dry runs of the check', async t => {
  const objects = await render(variants.tenants ?? {})
  const configurations = ofKind(objects, 'MutatingWebhookConfiguration').filter(({ metadata }) =>
    /^ecr-anywhere-(aggregated-)?check/.test(metadata.name),
  )
  t.equal(
    configurations.length,
    8,
    'there is one for each tenant and path, because an entry whose caBundle certs owns cannot be removed from an object',
  )
  for (const { metadata, webhooks } of configurations) {
    t.equal(webhooks.length, 1)
    for (const { namespaceSelector, objectSelector, matchConditions, clientConfig } of webhooks) {
      const tenant = clientConfig.service.path.replace(/^.*\/inject\//, '')
      t.match(metadata.name, new RegExp(`^ecr-anywhere-(aggregated-)?check-${tenant}$`))
      t.strictSame(namespaceSelector, { matchLabels: { 'kubernetes.io/metadata.name': releaseNamespace } })
      t.strictSame(objectSelector, { matchLabels: { [labels.probe]: tenant } })
      t.strictSame(matchConditions.map(({ name }: { name: string }) => name).slice(0, -1), [
        'dry-run',
        'not-managed',
        'asks-for-the-tenant',
      ])
    }
  }
  const env = podTemplates(objects).find(({ from }) => from === 'CronJob/ecr-anywhere-certs')?.spec.containers[0].env
  t.match(env.find(({ name }: { name: string }) => name === 'WEBHOOK_CONFIGURATIONS').value, /ecr-anywhere-check-default/)
})

test('the check runs after an install, an upgrade and a rollback, or only with `helm test` if it is disabled', async t => {
  const hookOf = async (enabled: boolean) => {
    const [job] = ofKind(await render(merged(base, { check: { enabled } })), 'Job').filter(
      ({ metadata }) => metadata.name === 'ecr-anywhere-check',
    )
    return job?.metadata.annotations?.['helm.sh/hook']
  }
  t.equal(await hookOf(true), 'post-install,post-upgrade,post-rollback,test')
  t.equal(await hookOf(false), 'test')
})

test('with refresh.namespaces the check reads only these namespaces and has no rights in others', async t => {
  const objects = await render(merged(base, { refresh: { namespaces: ['default', 'kube-public'] } }))
  const own = ofKind(objects, 'Role').filter(({ metadata }) => metadata.name === 'ecr-anywhere-check')
  t.strictSame(own.map(({ metadata }) => metadata.namespace).sort(), ['default', releaseNamespace, 'kube-public'].sort())
  const [cluster] = ofKind(objects, 'ClusterRole').filter(({ metadata }) => metadata.name === 'ecr-anywhere-check')
  const core = cluster?.rules.filter(({ apiGroups }: { apiGroups: string[] }) => apiGroups[0] === '')
  t.strictSame(core, [{ apiGroups: [''], resources: ['namespaces'], resourceNames: ['default', 'kube-public'], verbs: ['get'] }])
  const env = podTemplates(objects).find(({ from }) => from === 'Job/ecr-anywhere-check')?.spec.containers[0].env
  t.match(env, [{}, {}, {}, {}, { name: 'NAMESPACES', value: 'default,kube-public' }])
})
