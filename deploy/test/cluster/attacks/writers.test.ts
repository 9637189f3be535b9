import t from 'tap'
import { apiUser, secretsPath } from '../../../../scripts/testbed/api-user.ts'
import { startAttested } from '../../../../scripts/testbed/attested.ts'
import { leaks } from '../../../../scripts/testbed/leaks.ts'
import { managedSecret, manifests } from '../../../../scripts/testbed/manifest.ts'
import { pullStatus } from '../../../../scripts/testbed/pull.ts'
import { type SecretWriter, secretWriter, type WrittenSecret } from '../../../../scripts/testbed/secret-writer.ts'
import { parseSecret, storedSecret } from '../../../../scripts/testbed/stored-secret.ts'
import { must, ownRegistry } from '../../../../scripts/testbed/testbed.ts'
import { until } from '../../../../scripts/testbed/until.ts'
import { annotations, labels } from '../../../../shared/src/names.ts'

const namespace = 'ready-enabled'
const refused = {
  status: 403,
  message: /the answer would show you credentials that you may not read; ask for the right to get this Secret/,
}

const bed = await startAttested(t)
const { kubectl, userKubeconfig } = bed.cluster
await must(kubectl('create', 'role', 'writer', '-n', namespace, '--verb=create,update,patch', '--resource=secrets'))
await must(kubectl('create', 'rolebinding', 'writer', '-n', namespace, '--role=writer', '--user=writer', '--user=reader-of-one'))
await must(kubectl('create', 'role', 'reader', '-n', namespace, '--verb=get', '--resource=secrets', '--resource-name=mine'))
await must(kubectl('create', 'rolebinding', 'reader', '-n', namespace, '--role=reader', '--user=reader-of-one'))
await must(kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name: 'filled' }))))

async function userNamed(name: string) {
  const kubeconfig = await userKubeconfig({ name })
  const client = await apiUser(kubeconfig)
  t.teardown(client.close)
  return { kubeconfig, ...secretWriter(client) }
}
const [writer, reader] = [await userNamed('writer'), await userNamed('reader-of-one')]
const secret = (name: string, more = {}) => managedSecret({ namespace, name, ...more })
const generated = () => {
  const { metadata, ...rest } = secret('')
  const { name: _, ...unnamed } = metadata
  return { ...rest, metadata: { ...unnamed, generateName: 'pull-' } } as unknown as WrittenSecret
}
const unlabelled = { metadata: { labels: { [labels.managed]: null } } }
const stringData = { '.dockerconfigjson': '{"auths":{}}' }

/** A PUT, which kubectl sends without a look at the object. */
const replaced = async (name: string, object: object) => {
  const put = await kubectl(
    `--kubeconfig=${writer.kubeconfig}`,
    'replace',
    '--raw',
    secretsPath(namespace, name),
    '-f',
    '-',
    manifests(object),
  )
  writer.answers.push(put.stdout, put.stderr)
  return put
}

const writes: [about: string, write: (as: SecretWriter, query?: string) => ReturnType<SecretWriter['create']>][] = [
  ['a create', (as, query) => as.create(secret('new'), query)],
  ['a create with stringData', (as, query) => as.create(secret('new', { stringData }), query)],
  ['a create with generateName', (as, query) => as.create(generated(), query)],
  ['a create of another kind', (as, query) => as.create(secret('new', { type: 'kubernetes.io/basic-auth' }), query)],
  [
    'a create that says it was injected',
    (as, query) => as.create(secret('new', { annotations: { [annotations.expiresAt]: '2099-01-01T00:00:00Z' } }), query),
  ],
  ['a server-side apply of a new one', (as, query) => as.apply(secret('new'), query)],
  ['a server-side apply of a filled one', (as, query) => as.apply(secret('filled', { annotations: { a: 'b' } }), query)],
  ['a patch', (as, query) => as.patch(namespace, 'filled', { metadata: { annotations: { a: 'c' } } }, query)],
  ['a patch with stringData', (as, query) => as.patch(namespace, 'filled', { stringData }, query)],
  ['a patch that takes the label off', (as, query) => as.patch(namespace, 'filled', unlabelled, query)],
  ['a patch that changes nothing', (as, query) => as.patch(namespace, 'filled', {}, query)],
]

t.test('who may write but not read gets nothing, by any verb, also in a dry run', async t => {
  const { resourceVersion } = await storedSecret(bed.cluster, { namespace, name: 'filled' })
  for (const [about, write] of writes) for (const query of ['', '&dryRun=All']) t.match(await write(writer, query), refused, about + query)
  const unmanaged = { ...secret('filled', { stringData }), metadata: { namespace, name: 'filled' } }
  for (const object of [secret('filled'), unmanaged]) {
    const { code, stderr } = await replaced('filled', object)
    t.equal(code, 1)
    t.match(stderr, refused.message)
  }
  t.equal((await storedSecret(bed.cluster, { namespace, name: 'filled' })).resourceVersion, resourceVersion)
  t.match(await must(kubectl('get', 'secrets', '-n', namespace, '-o', 'name')), /^secret\/filled\n$/)
})

t.test('taking it over in two steps fails at the first: an unmanaged Secret cannot become managed either', async t => {
  const plain = managedSecret({ namespace, name: 'plain', data: { '.dockerconfigjson': 'e30=' } })
  const { labels: _, ...metadata } = plain.metadata
  t.equal((await writer.create({ ...plain, metadata })).status, 201, 'other Secrets are free')
  t.match(await writer.patch(namespace, 'plain', { metadata: { labels: { [labels.managed]: 'true' } } }), refused)
})

t.test('nor did any of the answers hold a token', async t => {
  const stored = await storedSecret(bed.cluster, { namespace, name: 'filled' })
  const { password = '', auth = '' } = stored.login(ownRegistry) ?? {}
  t.ok(password.length > 100)
  t.ok(writer.answers.length > 2 * writes.length)
  t.equal(leaks(writer.answers.join('\n'), [password, auth]), 0)
})

t.test('who may get a Secret by its name only may write it, and is given what it holds', async t => {
  const created = await until('RBAC is in force', async () => {
    const answer = await reader.create(secret('mine'))
    return answer.status === 201 && answer
  })
  const { login } = parseSecret(created.body)
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
  t.equal((await reader.patch(namespace, 'mine', { metadata: { annotations: { a: 'b' } } })).status, 200)
  t.equal((await reader.apply(secret('mine', { annotations: { c: 'd' } }))).status, 200)
  for (const [about, write] of writes) t.match(await write(reader), refused, about)
})
