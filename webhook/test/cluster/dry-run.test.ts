import type { Outcome } from '@ecr-anywhere/scripts/cluster/run.ts'
import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { dockerConfigJson, managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { parseSecret, storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { warmed } from '@ecr-anywhere/scripts/testbed/warmed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'dry-run'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'dry-run' })
t.teardown(bed.stop)
await bed.namespace(namespace)
await warmed(bed.webhook)
bed.emulator.resetCalls()

const empty = [
  [dockerConfigJson, 'json', '.dockerconfigjson', '{"auths":{}}'],
  ['kubernetes.io/dockercfg', 'cfg', '.dockercfg', '{}'],
  ['kubernetes.io/basic-auth', 'basic', 'password', ''],
] as const

for (const [type, name, key, content] of empty) {
  t.test(`a dry run of creating a ${type} Secret is allowed, contains no credentials and causes no call to AWS`, async t => {
    const secret = manifests(managedSecret({ namespace, name, type, annotations: { [annotations.registries]: ownRegistry } }))
    const runs = [
      kubectl('create', '--dry-run=server', '-o', 'json', '-f', '-', secret),
      kubectl('apply', '--dry-run=server', '-o', 'json', '-f', '-', secret),
      kubectl('apply', '--server-side', '--dry-run=server', '-o', 'json', '-f', '-', secret),
    ]
    for (const outcome of await Promise.all(runs)) {
      t.equal(parseSecret(JSON.parse(outcome.stdout)).text(key), content)
      t.match(outcome.stderr, /^Warning: ecr-anywhere: dry run: no credentials were injected$/m)
    }
    t.equal(tokenCalls(bed.emulator), 0)
    t.match((await kubectl('get', 'secret', '-n', namespace, name)).stderr, /NotFound/)
  })
}

t.test('a dry run of an update shows the credentials that are stored, and stores nothing', async t => {
  await must(kubectl('apply', '-f', '-', manifests(managedSecret({ namespace, name: 'stored' }))))
  const before = await storedSecret(cluster, { namespace, name: 'stored' })
  await bed.restartWebhook()
  await warmed(bed.webhook)
  bed.emulator.resetCalls()
  const patch = JSON.stringify({ metadata: { annotations: null }, stringData: { '.dockerconfigjson': '{"auths":{}}' } })
  const words = ['-n', namespace, 'patch', 'secret', 'stored', '--type=merge', '-p', patch, '--dry-run=server', '-o', 'json']
  let outcome: Outcome | undefined
  t.same(await admissionsDuring(bed.webhook, async () => (outcome = await kubectl(...words))), { 'default UPDATE dry_run': 1 })
  const shown = parseSecret(JSON.parse(outcome?.stdout ?? ''))
  t.same(shown.logins, before.logins)
  t.equal(shown.annotations[annotations.expiresAt], before.annotations[annotations.expiresAt])
  t.match(outcome?.stderr, /^Warning: ecr-anywhere: dry run: the credentials stay as they are$/m)
  t.equal((await storedSecret(cluster, { namespace, name: 'stored' })).resourceVersion, before.resourceVersion)
  t.equal(tokenCalls(bed.emulator), 0)
})

t.test('a dry run that requests another registry gets no token for it', async t => {
  const elsewhere = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
  const annotation = `${annotations.registries}=${elsewhere}`
  const words = ['-n', namespace, 'annotate', 'secret', 'stored', annotation, '--dry-run=server', '-o', 'json']
  const { logins } = parseSecret(JSON.parse(await must(kubectl(...words))))
  t.same(
    Object.keys(logins).filter(host => host !== ownRegistry),
    [],
  )
  t.equal(tokenCalls(bed.emulator), 0)
})

t.test('a dry run is denied if the request would be denied', async t => {
  const secret = managedSecret({ namespace, name: 'wrong', annotations: { [annotations.registries]: 'docker.io' } })
  const { code, stderr } = await kubectl('create', '--dry-run=server', '-f', '-', manifests(secret))
  t.equal(code, 1)
  t.match(stderr, /found the registry \\?"docker\.io/)
})
