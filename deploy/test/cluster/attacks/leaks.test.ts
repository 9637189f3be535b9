import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { review } from '@ecr-anywhere/scripts/bench/review.ts'
import { withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { startAttested, ticketSecret } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { call } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import { type ManagedSecretOptions, managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { startRecordingProxy } from '@ecr-anywhere/scripts/testbed/recording-proxy.ts'
import { serviceAccount } from '@ecr-anywhere/scripts/testbed/service-account.ts'
import { must, ownRegistry, user } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const role = 'arn:aws:iam::111122223333:role/pull-a'
const namespaces = ['ready-enabled', 'ready-team-a']

const skip = await withoutMutatingPolicies()
const bed = await startAttested(t, {
  values: { tenants: [{ name: 'default' }, { name: 'team-a', roleArn: role, externalId: 'an-external-id' }] },
  // So short that these credentials are not kept when AWS fails.
  emulator: { users: [user], roles: [{ arn: role, externalId: 'an-external-id' }], tokenLifeSeconds: 240 },
  env: { LOG_LEVEL: 'trace' },
})
const { emulator, cluster } = bed
const { kubectl } = cluster
/** A proxy between the webhook and AWS. It also records tokens that were never stored. */
const aws = await startRecordingProxy({ target: emulator.url })
t.teardown(aws.stop)
const throughProxy = { AWS_ENDPOINT_URL: aws.url }
/** Every output that a user can see. */
const printed: string[] = []
/** The values that no output may contain. */
const secrets = new Set<string>([user.secretAccessKey])

const shown = async (outcome: ReturnType<typeof kubectl>) => {
  const { code, stdout, stderr } = await outcome
  printed.push(stdout, stderr)
  return code
}
const create = (namespace: string, name: string, more: Partial<ManagedSecretOptions> = {}, ...flags: string[]) =>
  shown(kubectl('create', ...flags, '-f', '-', manifests(managedSecret({ namespace, name, ...more }))))
const remember = async () => {
  for (const ticket of Object.values(await bed.tickets())) secrets.add(ticket).add(Buffer.from(ticket, 'base64').toString('latin1'))
  const pair = JSON.parse(await must(kubectl('get', 'secret', '-n', releaseNamespace, 'ecr-anywhere-tls', '-o', 'json'))).data['tls.key']
  // The first line of the key is left out, because it is the same in every key.
  for (const line of Buffer.from(pair, 'base64').toString().split('\n').slice(1, -2)) if (line.length > 16) secrets.add(line)
  const list = JSON.parse(await must(kubectl('get', 'secrets', '-A', '-l', 'ecr-anywhere.centml.ai/managed=true', '-o', 'json')))
  for (const { data } of list.items as { data: Record<string, string> }[]) for (const value of Object.values(data)) secrets.add(value)
}
const collect = async () => {
  const { operationsUrl, logs } = bed.webhook()
  for (const path of ['metrics', 'status', 'readyz', 'livez', 'nowhere'])
    printed.push(await (await fetch(`${operationsUrl}/${path}`)).text())
  printed.push(logs())
}

t.test('outputs are collected while the webhook injects, denies and rotates with log level trace', async t => {
  await bed.restartWebhook(throughProxy)
  for (const namespace of namespaces) {
    t.equal(await create(namespace, 'good'), 0)
    t.equal(await create(namespace, 'opaque', { type: 'Opaque', data: { a: 'YQ==' } }), 1)
    t.equal(await create(namespace, 'elsewhere', { annotations: { [annotations.registries]: 'evil.example' } }), 1)
    t.equal(await create(namespace, 'dry', {}, '--dry-run=server'), 0)
  }
  t.equal(await create('not-enabled', 'good', { data: { '.dockerconfigjson': 'e30=' } }), 1)
  await remember()
  await bed.rotateTickets()
  t.equal(await shown(bed.certs()), 0)
  await remember()
  await collect()
})

t.test('outputs are collected with forged reviews and a missing ticket Secret', { skip }, async t => {
  const ticket = (await bed.tickets()).default
  const forged = review('ready-enabled')
  Object.assign(forged.request.object.metadata.annotations, { [annotations.attestation]: ticket?.toLowerCase() })
  for (const body of [JSON.stringify(forged), `{"ticket":"${ticket}"`, JSON.stringify({ request: { uid: 'u', object: ticket } })]) {
    const port = Number(new URL(bed.webhook().url).port)
    printed.push((await call(port, { path: '/inject/default', rejectUnauthorized: false }, body)).body)
  }
  await must(kubectl('delete', 'secret', '-n', releaseNamespace, ticketSecret))
  t.equal(await create('ready-enabled', 'ticketless'), 1)
  printed.push(await must(bed.certs()))
  await bed.mountTickets()
  await remember()
})

t.test('outputs are collected while AWS fails', async t => {
  for (const fault of ['access-denied', 'malformed', 'cut', 'already-expired'] as const) {
    emulator.heal()
    emulator.fault({ fault })
    await collect()
    await bed.restartWebhook(throughProxy)
    for (const namespace of namespaces)
      t.equal(await create(namespace, `new-${fault}`, { annotations: { [annotations.registries]: ownRegistry } }), 1)
  }
})

t.test('outputs are collected while the refresher, with its own service account, reports failures and writes Events', async t => {
  const file = join(bed.dir, 'refresh.kubeconfig')
  await must(kubectl('delete', 'serviceaccount', '-n', releaseNamespace, 'ecr-anywhere-refresh'))
  await serviceAccount(cluster, { namespace: releaseNamespace, name: 'ecr-anywhere-refresh', file })
  const refresh = ['refresh', '--force', '--output', 'json']
  t.equal(await shown(bed.ecrAnywhere(refresh, { KUBECONFIG: file, LOG_LEVEL: 'trace' })), 1)
  printed.push(await must(kubectl('get', 'events', '-A', '-o', 'json')))
  t.ok(printed.some(text => text.includes('RefreshFailed')))
  await collect()
  for (const name of ['kube-apiserver', 'kube-controller-manager']) printed.push(await readFile(join(cluster.dir, `${name}.log`), 'utf8'))
})

t.test('no output contains a token, a key or a ticket, whole or in part, in plain text or in base64', async t => {
  const sent = aws.recorded.flatMap(({ answer }) => answer.match(/[A-Za-z0-9+/=]{40,}/g) ?? [])
  for (const text of sent) secrets.add(text)
  const text = printed.join('\n')
  t.ok(
    sent.length > 3 && secrets.size > 12 && text.length > 10_000,
    'there are enough secrets to search for and enough output to search in',
  )
  t.ok(leaks(`in a log: ${Buffer.from(user.secretAccessKey).toString('base64')}`, secrets) > 0, 'a leaked secret would be found')
  t.equal(leaks(text, secrets), 0)
})
