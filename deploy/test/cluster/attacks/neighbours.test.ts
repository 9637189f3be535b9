import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { dockerConfigJson, type ManagedSecretOptions, managedSecret } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { secretWriter } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { parseSecret, storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { user } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { warmed } from '@ecr-anywhere/scripts/testbed/warmed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'ready-team-a'
const a = { role: 'arn:aws:iam::111122223333:role/pull-a', host: '111122223333.dkr.ecr.us-east-1.amazonaws.com' }
const b = { role: 'arn:aws:iam::444455556666:role/pull-b', host: '444455556666.dkr.ecr.us-east-1.amazonaws.com' }

const bed = await startAttested(t, {
  values: {
    tenants: [
      {
        name: 'team-a',
        roleArn: a.role,
        registries: [a.host],
        allowedRegistries: ['111122223333.dkr.ecr.*.amazonaws.com', 'public.ecr.aws'],
      },
      { name: 'team-b', roleArn: b.role, registries: [b.host], allowedRegistries: ['444455556666.dkr.ecr.*.amazonaws.com'] },
    ],
  },
  emulator: {
    users: [{ ...user, mayRead: [] }],
    roles: [
      { arn: a.role, mayRead: ['111122223333'] },
      { arn: b.role, mayRead: ['444455556666'] },
    ],
  },
})
const { emulator, cluster } = bed
// After this, the token of each tenant is cached under the role of that tenant.
await warmed(bed.webhook)
emulator.resetCalls()
const client = await apiUser(cluster.kubeconfig)
t.teardown(client.close)
const { create, patch, names } = secretWriter(client)

const stored = (name: string) => storedSecret(cluster, { namespace, name })
const requesting = (...hosts: string[]) => ({ annotations: { [annotations.registries]: hosts.join() } })
const argo = (url: string, more: Record<string, string> = {}) => ({
  type: 'Opaque',
  labels: { 'argocd.argoproj.io/secret-type': 'repository' },
  stringData: { type: 'helm', enableOCI: 'true', url, ...more },
})
const inRegion = (region: string) => a.host.replace('us-east-1', region)
const accountHost = (at: number) => a.host.replace('111122223333', `1111222233${10 + at}`)

/** Spellings of a host that a parser might read as another host. */
const lookAlikes = [
  `${a.host}.evil.example`,
  `evil.example/${a.host}`,
  `${a.host}:443`,
  `${a.host}@evil.example`,
  `AWS:x@${b.host}`,
  `https://${b.host}`,
  `${b.host}/`,
  `${b.host}.`,
  `${b.host}#${a.host}`,
  `${a.host}\n${b.host}`,
  `${a.host}\0${b.host}`,
  `${a.host} ${b.host}`,
  `${b.host}%2f${a.host}`,
  '444455556666.dkr.ecr.us-east-1.аmazonaws.com',
  '444455556666.dkr.ecr.us-east-1.amazonaws。com',
  '４４４４55556666.dkr.ecr.us-east-1.amazonaws.com',
  '٤٤٤٤55556666.dkr.ecr.us-east-1.amazonaws.com',
  '444455556666.dKr.ecr.us-east-1.amazonaws.com',
  '444455556666.d\u212Ar.ecr.us-east-1.amazonaws.com',
  '444455556666.dkr.ecr.us-ea\u017Ft-1.amazonaws.com',
  '444455556666\u200B.dkr.ecr.us-east-1.amazonaws.com',
  b.host.toUpperCase(),
  '*.dkr.ecr.us-east-1.amazonaws.com',
  '[::1]',
  '169.254.169.254',
]
const attempts: [about: string, secret: Partial<ManagedSecretOptions>][] = [
  ["B's registry in the annotation", requesting(b.host)],
  ["A's and B's registries in the annotation", requesting(a.host, b.host)],
  ["B's FIPS host", requesting(b.host.replace('ecr.', 'ecr-fips.'))],
  ["B's dual-stack host", requesting('444455556666.dkr-ecr.us-east-1.on.aws')],
  ["B's registry in another region", requesting(b.host.replace('us-east-1', 'eu-west-1'))],
  [
    "B's registry in the annotation injected_registries",
    { annotations: { ...requesting(b.host).annotations, [annotations.injectedRegistries]: b.host } },
  ],
  ["B's registry in a basic-auth Secret", { type: 'kubernetes.io/basic-auth', ...requesting(b.host) }],
  ["B's registry in the url of Argo CD", argo(`oci://${b.host}/charts`)],
  ["B's registry in an https url of Argo CD", argo(`https://${b.host}`)],
  ["B's registry with a port in the url of Argo CD", argo(`oci://${b.host}:443/charts`)],
  ["A's registry with a port in the url of Argo CD", argo(`oci://${a.host}:443/charts`)],
  ["A's registry as the user of a url with B's registry", argo(`oci://${a.host}@${b.host}/charts`)],
  ["A's registry as the query of a url with B's registry", argo(`oci://${b.host}?${a.host}`)],
  ["B's registry in a url with a scheme in capitals", argo(`OCI://${b.host}/charts`)],
  ["B's registry in the url of Argo CD and A's in the annotation", { ...argo(`oci://${b.host}/charts`), ...requesting(a.host) }],
  ["B's registry in the annotation and A's in the url of Argo CD", { ...argo(`oci://${a.host}/charts`), ...requesting(b.host) }],
  ['21 hosts', requesting(...Array.from({ length: 21 }, (_, at) => accountHost(at)))],
  ['6 regions', requesting(...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2'].map(inRegion))],
  ...lookAlikes.flatMap((host): [string, Partial<ManagedSecretOptions>][] => [
    [`look-alike ${JSON.stringify(host)}`, requesting(host)],
    [`the look-alike ${JSON.stringify(host)} in the url of Argo CD`, argo(`oci://${host}/charts`)],
  ]),
]

for (const [about, secret] of attempts) {
  t.test(`tenant A is denied: ${about}`, async t => {
    const before = emulator.calls().counts
    const { status, message } = await create(managedSecret({ namespace, name: 'pull', type: dockerConfigJson, ...secret }))
    t.equal(status, 400)
    t.match(message, /found .+; wanted .+\. \S/)
    t.same(emulator.calls().counts, before, 'there was no call to AWS')
  })
}

t.test('none of these Secrets was stored, and an update that requests such a registry is denied too', async t => {
  t.same(await names(namespace), [])
  t.equal((await create(managedSecret({ namespace, name: 'own' }))).status, 201)
  const before = await stored('own')
  const { status, message } = await patch(namespace, 'own', { metadata: requesting(b.host) })
  t.equal(status, 400)
  t.match(message, /tenant team-a may not ask for: 444455556666/)
  t.equal((await stored('own')).resourceVersion, before.resourceVersion)
  t.equal(await pullStatus(emulator, a.host, before.login(a.host)), 200)
  t.equal(await pullStatus(emulator, b.host, before.login(a.host)), 403, 'the token of A does not work for the registry of B')
})

t.test("a login for tenant B's registry in the data requests nothing, and the user's login is not changed", async t => {
  const auths = { [b.host]: { auth: 'QVdTOg==', username: 'AWS', password: '' } }
  const answer = await create(managedSecret({ namespace, name: 'data', stringData: { '.dockerconfigjson': JSON.stringify({ auths }) } }))
  t.equal(answer.status, 201)
  const { text, annotations: notes } = parseSecret(answer.body)
  t.same(JSON.parse(text('.dockerconfigjson') ?? '').auths[b.host], auths[b.host])
  t.equal(notes[annotations.injectedRegistries], a.host)
})

t.test('none of these requests caused a call to AWS with the role of any tenant', async t => {
  t.strictSame(emulator.calls().counts, {})
})
