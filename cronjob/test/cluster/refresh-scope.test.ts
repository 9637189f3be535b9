import { ageSecrets } from '@ecr-anywhere/scripts/testbed/aged-secrets.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'scope'
const other = 'scope-other'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'scope' })
t.teardown(bed.stop)
for (const name of [namespace, other]) await bed.namespace(name)

const refresh = (...args: string[]) => bed.ecrAnywhere(['refresh', ...args])
const create = (namespace: string, name: string, more = {}) =>
  must(kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name, ...more }))))
const relabel = (name: string, value: string) => kubectl('label', 'namespace', name, '--overwrite', `${labels.namespace}${value}`)

/** Runs a refresh. @returns its report about these namespaces, because other tests may have left Secrets in the cluster */
async function seen(...args: string[]) {
  const { code, stdout, stderr } = await refresh('--output', 'json', ...args)
  const { outsideSecrets, ...report } = JSON.parse(stdout)
  const outside = outsideSecrets
    .filter((secret: { namespace: string }) => [namespace, other].includes(secret.namespace))
    .map((secret: { namespace: string; name: string }) => `${secret.namespace}/${secret.name}`)
  return { code, stderr, ...report, outside }
}

t.test('a Secret that is being deleted and has a finalizer is neither planned nor failed', async t => {
  await create(namespace, 'held', { finalizers: ['ecr-anywhere.test/held'] })
  await create(namespace, 'kept')
  await ageSecrets(cluster, { namespace, hours: 11 })
  await must(kubectl('delete', 'secret', '-n', namespace, 'held', '--wait=false'))
  const before = await storedSecret(cluster, { namespace, name: 'held' })
  t.match(await refresh('--namespace', namespace), { code: 0, stdout: /^checked 1, due 1, refreshed 1, failed 0/ })
  t.match(await seen('--force', '--namespace', namespace), { code: 0, checked: 1, refreshed: 1, beingDeleted: 1, failed: 0 })
  t.equal((await storedSecret(cluster, { namespace, name: 'held' })).resourceVersion, before.resourceVersion)
  await must(kubectl('patch', 'secret', '-n', namespace, 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'))
})

t.test('after the label of a namespace is removed, its Secrets are counted and reported with a remedy', async t => {
  await create(other, 'left')
  await ageSecrets(cluster, { namespace: other, hours: 11 })
  await relabel(other, '-')
  for (const args of [[], ['--dry-run'], ['--force']]) {
    const report = await seen(...args)
    t.match(report, { code: 0, checked: 1, failed: 0, outside: [`${other}/left`], earliestSecret: `${other}/left` })
    t.match(report.stderr, new RegExp(`"level":"warn".*"namespace":"${other}","name":"left".*its namespace is not enabled`))
  }
  const { code, stdout } = await refresh()
  t.equal(code, 0)
  t.match(stdout, new RegExp(`in namespaces that are not enabled, so they are not renewed: .*${other}/left \\(in 5\\dm`))
  t.match(stdout, new RegExp(`Run kubectl label namespace .*${other}.* ${labels.namespace}=enabled`))
  await relabel(other, '=enabled')
  t.match(await seen(), { code: 0, due: 1, refreshed: 1, outside: [] }, 'the remedy works')
})

t.test('a namespace that is not enabled or does not exist is rejected, and the message names it', async t => {
  await relabel(other, '-')
  for (const [name, cause] of [
    [other, `found namespace ${other} without the label`],
    ['scope-nowhere', 'found no namespace scope-nowhere'],
  ] as const) {
    t.match(await refresh('--namespace', name), { code: 2, stdout: new RegExp(`^ecr-anywhere: ${cause}.*\\n$`) })
    const { code, stdout } = await refresh('--namespace', name, '--output', 'json')
    t.equal(code, 2)
    t.match(JSON.parse(stdout).error, cause)
  }
  t.match(await refresh('--namespace', 'a/secrets'), { code: 2, stdout: /--namespace: found "a\/secrets"/ })
})

t.test('in a dry run the summary agrees with the table about due Secrets', async t => {
  await create(namespace, 'expired')
  await ageSecrets(cluster, { namespace, names: ['expired'], hours: 15 })
  const { code, stdout } = await refresh('--dry-run', '--namespace', namespace)
  t.equal(code, 0)
  t.match(stdout, /^scope +expired +\d{4}-\S+ +expired$/m)
  t.match(stdout, /^checked 2, due 1, .* earliest expiry \d{4}-\S+ \(expired \d+h\S* ago: scope\/expired\)$/m)
})
