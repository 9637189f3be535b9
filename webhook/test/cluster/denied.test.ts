import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { type ManagedSecretOptions, managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { warmed } from '@ecr-anywhere/scripts/testbed/warmed.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'denied'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({
  cluster,
  id: 'denied',
  // Tenant `unknown` has labelled namespaces and a webhook configuration, but it is not in the tenants file.
  registered: { enabled: 'default', unknown: 'unknown', listed: 'listed' },
  tenants: `tenants:
  - {name: default, allowedRegistries: ['123456789012.dkr.ecr.*.amazonaws.com', public.ecr.aws]}
  - {name: listed, roleArn: 'arn:aws:iam::111122223333:role/listed', namespaces: [listed, 'listed-*']}`,
})
t.teardown(bed.stop)
await bed.namespace(namespace)
await bed.namespace('denied-unknown', 'unknown')
await bed.namespace('denied-listed', 'listed')
await warmed(bed.webhook)
bed.emulator.resetCalls()

const requesting = (...hosts: string[]) => ({ annotations: { [annotations.registries]: hosts.join() } })
/** A password that a user typed into the wrong field. */
const password = 'hunter2-typed'
const hostOf = (account: number) => `1234567890${account}.dkr.ecr.us-east-1.amazonaws.com`
const regions = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2']

const refused: [about: string, secret: Partial<ManagedSecretOptions>, says: RegExp][] = [
  ['a registry that the tenant may not request', requesting(hostOf(99)), /tenant default may not ask for: 123456789099/],
  [
    'a registry for which the * of a pattern would have to match several labels',
    requesting('123456789012.dkr.ecr.a.b.amazonaws.com'),
    /found the registry|may not ask for/,
  ],
  ['a registry that is not an ECR host', requesting('docker.io'), /found the registry \\?"docker\.io.*wanted a bare ECR host/],
  [
    'a URL with a password',
    requesting(ownRegistry, `https://AWS:${password}@${ownRegistry}/v2/`),
    /the registry \\?"123456789012\S+ in position 2 of 2/,
  ],
  ['a password and a host', requesting(`${password} ghcr.io`), /found a text of \d+ characters; wanted a bare ECR host/],
  ['an unknown type', { type: password }, /found a managed Secret of another type/],
  ['a probe without dry run', { labels: { [labels.probe]: 'true' } }, /with the label ecr-anywhere\.centml\.ai\/probe; wanted .* dry run/],
  ['a host with a scheme', requesting(`https://${ownRegistry}`), /Write only the host.*no https/],
  ['a region that AWS does not have', requesting('123456789012.dkr.ecr.mars-north-1.amazonaws.com'), /a region that AWS does not list/],
  ['too many registries', requesting(...Array.from({ length: 21 }, (_, at) => hostOf(10 + at))), /21 registries; wanted at most 20/],
  ['too many regions', requesting(...regions.map(one => ownRegistry.replace('us-east-1', one))), /6 regions; wanted at most 5/],
  [
    'a kind that is not supported',
    { type: 'Opaque', data: {} },
    /type \\?"Opaque.*kubernetes\.io\/dockerconfigjson, .*dockercfg, .*basic-auth/,
  ],
  ['an immutable Secret', { immutable: true }, /immutable: true.*without immutable/],
  [
    'two registries in a basic-auth Secret',
    { type: 'kubernetes.io/basic-auth', ...requesting(ownRegistry, 'public.ecr.aws') },
    /exactly one/,
  ],
  [
    'a namespace that the tenant does not list',
    { namespace: 'denied-listed' },
    /the namespace denied-listed with tenant listed; wanted .* listed, listed-\*/,
  ],
  ['a tenant that the webhook does not have', { namespace: 'denied-unknown' }, /the tenant \\?"unknown/],
]

for (const [at, [about, secret, says]] of refused.entries()) {
  t.test(`a Secret is denied with an explanation: ${about}`, async t => {
    const input = manifests(managedSecret({ namespace, name: `refused-${at}`, ...secret }))
    const counted = await admissionsDuring(bed.webhook, async () => {
      const { code, stderr } = await kubectl('create', '-f', '-', input)
      t.equal(code, 1)
      t.match(stderr, says)
      t.match(stderr, /found .+; wanted .+\. \S/)
      t.notMatch(stderr, password)
    })
    t.same(counted, { [`${tenantOf(secret)} CREATE denied`]: 1 })
    t.equal(tokenCalls(bed.emulator), 0)
  })
}

t.test('an update that requests a registry that is not allowed is denied and changes nothing', async t => {
  await must(kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name: 'good' }))))
  const before = await storedSecret(cluster, { namespace, name: 'good' })
  const annotation = `${annotations.registries}=${hostOf(99)}`
  t.match((await kubectl('-n', namespace, 'annotate', 'secret', 'good', annotation)).stderr, /may not ask for/)
  t.equal((await storedSecret(cluster, { namespace, name: 'good' })).resourceVersion, before.resourceVersion)
})

t.test('a managed Secret cannot be made immutable, but can be unlabelled and made immutable at once', async t => {
  const outcome = await kubectl('-n', namespace, 'patch', 'secret', 'good', '--type=merge', '-p', '{"immutable":true}')
  t.match(outcome.stderr, /immutable: true/)
  const both = JSON.stringify({ immutable: true, metadata: { labels: { [labels.managed]: null } } })
  await must(kubectl('-n', namespace, 'patch', 'secret', 'good', '--type=merge', '-p', both))
})

t.test('no log line quotes the typed password', async t => {
  t.match(bed.webhook().logs(), /"result":"denied"/)
  t.notMatch(bed.webhook().logs(), password)
})

function tenantOf({ namespace }: Partial<ManagedSecretOptions>): string {
  if (namespace === undefined) return 'default'
  return namespace === 'denied-listed' ? 'listed' : 'unknown'
}
