import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { base, merged, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { test } from 'tap'

const tenants = [{ name: 'default', namespaces: ['listed-*'] }, { name: 'team-a', namespaces: ['team-a', 'team-*-a'] }, { name: 'open' }]
/** Only the policies are installed. The webhook, which applies the same rule, is not. */
const policies = /^ecr-anywhere-(injected|namespaces)$/
const mayNot = /may not have the label ecr-anywhere\.centml\.ai\/namespace=(\S+): this tenant serves only namespaces named (.+)\. Use/

test('a namespace cannot select a tenant whose list of namespaces does not contain it', async t => {
  const { kubectl } = await clusterFor(t)
  const made = ['listed-1', 'other', 'team-a', 'team-x-a', 'team-x-ab', 'xteam-a', 'early']
  t.teardown(() => kubectl('delete', 'namespace', '--ignore-not-found', '--wait=false', ...made))
  for (const name of made) await must(kubectl('create', 'namespace', name))
  const label = (namespace: string, value: string, ...flags: string[]) =>
    kubectl('label', '--overwrite', 'namespace', namespace, `${labels.namespace}=${value}`, ...flags)
  await must(label('early', 'team-a'))
  const secret = (namespace: string, name = 'pull') =>
    managedSecret({
      namespace,
      name,
      annotations: { [annotations.expiresAt]: '2099-01-01T00:00:00Z' },
      data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths: {}, filled: 'x'.repeat(200) })).toString('base64') },
    })
  const create = (namespace: string, name?: string) => kubectl('create', '-f', '-', manifests(secret(namespace, name)))
  await must(create('early', 'old'))
  const rendered = manifests(
    ...(await render(merged(base, { tenants }))).filter(
      ({ kind, metadata }) => kind.startsWith('Validating') && policies.test(metadata.name),
    ),
  )
  t.teardown(() => kubectl('delete', '-f', '-', rendered))
  await must(kubectl('apply', '-f', '-', rendered))
  await until('the policies are in force', async () => mayNot.test((await label('other', 'team-a', '--dry-run=server')).stderr))
  await until('both policies are in force', async () => (await create('other')).code !== 0)

  await t.test('a user who may label a namespace can select the tenants that list it and the tenants without a list', async t => {
    for (const [namespace, value] of [
      ['listed-1', 'enabled'],
      ['listed-1', 'default'],
      ['team-a', 'team-a'],
      ['team-x-a', 'team-a'],
      ['other', 'open'],
      ['other', 'unknown'],
    ] as const)
      t.equal((await label(namespace, value)).code, 0, `${namespace}=${value}`)
    for (const [namespace, value, named] of [
      ['other', 'enabled', 'listed-*'],
      ['other', 'default', 'listed-*'],
      ['other', 'team-a', 'team-a, team-*-a'],
      ['team-x-ab', 'team-a', 'team-a, team-*-a'],
      ['xteam-a', 'team-a', 'team-a, team-*-a'],
      ['listed-1', 'team-a', 'team-a, team-*-a'],
    ] as const) {
      const { code, stderr } = await label(namespace, value)
      t.equal(code, 1, `${namespace}=${value}`)
      t.same(mayNot.exec(stderr)?.slice(1), [value, named])
    }
  })

  await t.test('the same holds for a create, for a generated name and for a subresource', async t => {
    const namespace = (metadata: object) => ({ apiVersion: 'v1', kind: 'Namespace', metadata })
    const named = { labels: { [labels.namespace]: 'team-a' } }
    for (const metadata of [
      { ...named, name: 'made' },
      { ...named, generateName: 'team-b-' },
    ])
      t.match((await kubectl('create', '-f', '-', manifests(namespace(metadata)))).stderr, mayNot)
    t.equal((await kubectl('create', '--dry-run=server', '-f', '-', manifests(namespace({ ...named, name: 'team-b-a' })))).code, 0)
    const patch = JSON.stringify({ metadata: named })
    t.match((await kubectl('patch', 'namespace', 'other', '--subresource=status', '--type=merge', '-p', patch)).stderr, mayNot)
    const stored = JSON.parse(await must(kubectl('get', 'namespace', 'other', '-o', 'json')))
    const changed = { ...stored, metadata: { ...stored.metadata, ...named } }
    t.match((await kubectl('replace', '--raw', '/api/v1/namespaces/other/finalize', '-f', '-', manifests(changed))).stderr, mayNot)
  })

  await t.test('a namespace that already has the label keeps its managed Secrets, but cannot get new ones', async t => {
    t.equal((await kubectl('annotate', 'namespace', 'early', 'a=b')).code, 0)
    const { code, stderr } = await create('early')
    t.equal(code, 1)
    t.match(
      stderr,
      /the namespace early has the label ecr-anywhere\S+=team-a, but this tenant serves only namespaces named team-a, team-\*-a,/,
    )
    t.equal((await kubectl('annotate', 'secret', '-n', 'early', 'old', 'a=b')).code, 0, 'other changes to its Secrets are allowed')
    t.equal((await kubectl('label', 'namespace', 'early', `${labels.namespace}-`)).code, 0)
    t.match((await label('early', 'team-a')).stderr, mayNot)
    for (const namespace of ['team-a', 'team-x-a', 'listed-1']) t.equal((await create(namespace)).code, 0, namespace)
  })

  await t.test('the policy alone denies a Secret with the probe label', async t => {
    const probe = secret('team-a', 'probe')
    const labelled = { ...probe, metadata: { ...probe.metadata, labels: { ...probe.metadata.labels, [labels.probe]: 'true' } } }
    t.match((await kubectl('create', '-f', '-', manifests(labelled))).stderr, /exists only in the dry runs of `ecr-anywhere check`/)
    t.equal((await kubectl('create', '--dry-run=server', '-f', '-', manifests(labelled))).code, 0)
  })
})
