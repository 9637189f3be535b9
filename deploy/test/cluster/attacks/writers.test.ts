import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { apiUser, secretsPath } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { type SecretWriter, secretWriter, type WrittenSecret } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { parseSecret, storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'ready-enabled'
const refused = {
  status: 403,
  message: /the answer would show you credentials that you may not read; ask for the right to get this Secret/,
}

const bed = await startAttested(t)
const { kubectl, userKubeconfig } = bed.cluster
await allow('writer', ['create', 'update', 'patch'], ['writer', 'reader-of-one', 'lister-of-one', 'lister'])
await allow('deleter', ['delete', 'deletecollection'], ['deleter', 'lister'])
await allow('patcher', ['patch'], ['patcher'])
await allow('lister', ['list'], ['lister'])
await allow('reader-of-mine', ['get'], ['reader-of-one'], 'mine')
await allow('lister-of-listed', ['list'], ['lister-of-one'], 'listed')
await must(kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name: 'filled' }))))

/** Allows users the verbs on all Secrets of the namespace, or on one of them. */
async function allow(role: string, verbs: string[], users: string[], name?: string) {
  const named = name === undefined ? [] : [`--resource-name=${name}`]
  await must(kubectl('create', 'role', role, '-n', namespace, `--verb=${verbs.join()}`, '--resource=secrets', ...named))
  await must(kubectl('create', 'rolebinding', role, '-n', namespace, `--role=${role}`, ...users.map(user => `--user=${user}`)))
}

async function userNamed(name: string) {
  const kubeconfig = await userKubeconfig({ name })
  const client = await apiUser(kubeconfig)
  t.teardown(client.close)
  return { kubeconfig, request: client.request, ...secretWriter(client) }
}
const [writer, reader] = [await userNamed('writer'), await userNamed('reader-of-one')]
const [deleter, patcher] = [await userNamed('deleter'), await userNamed('patcher')]
const [lister, listerOfOne] = [await userNamed('lister'), await userNamed('lister-of-one')]
const secret = (name: string, more = {}) => managedSecret({ namespace, name, ...more })
const generated = () => {
  const { metadata, ...rest } = secret('')
  const { name: _, ...unnamed } = metadata
  return { ...rest, metadata: { ...unnamed, generateName: 'pull-' } } as unknown as WrittenSecret
}
const unlabelled = { metadata: { labels: { [labels.managed]: null } } }
const stringData = { '.dockerconfigjson': '{"auths":{}}' }

/** Sends a PUT with `kubectl replace --raw`, which does not read the object first. */
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
    'a create with the annotations of an injected Secret',
    (as, query) => as.create(secret('new', { annotations: { [annotations.expiresAt]: '2099-01-01T00:00:00Z' } }), query),
  ],
  ['a server-side apply of a new Secret', (as, query) => as.apply(secret('new'), query)],
  ['a server-side apply of a Secret with credentials', (as, query) => as.apply(secret('filled', { annotations: { a: 'b' } }), query)],
  ['a patch', (as, query) => as.patch(namespace, 'filled', { metadata: { annotations: { a: 'c' } } }, query)],
  ['a patch with stringData', (as, query) => as.patch(namespace, 'filled', { stringData }, query)],
  ['a patch that removes the label', (as, query) => as.patch(namespace, 'filled', unlabelled, query)],
  ['a patch that changes nothing', (as, query) => as.patch(namespace, 'filled', {}, query)],
]

/** Sends a DELETE with `kubectl delete --raw`, which does not read the object first. */
const deleted = async (as: typeof deleter, path: string) => {
  const { code, stdout, stderr } = await kubectl(`--kubeconfig=${as.kubeconfig}`, 'delete', '--raw', path)
  as.answers.push(stdout, stderr)
  return { code, answer: stdout + stderr }
}

t.test('a user who may create, update and patch but not read Secrets is denied, also in a dry run', async t => {
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

t.test('such a user cannot make an unmanaged Secret managed either', async t => {
  const plain = managedSecret({ namespace, name: 'plain', data: { '.dockerconfigjson': 'e30=' } })
  const { labels: _, ...metadata } = plain.metadata
  t.equal((await writer.create({ ...plain, metadata })).status, 201, 'unmanaged Secrets are not restricted')
  t.match(await writer.patch(namespace, 'plain', { metadata: { labels: { [labels.managed]: 'true' } } }), refused)
})

t.test('a user who may delete but not read Secrets is denied for one Secret and for the collection, also in a dry run', async t => {
  for (const path of [secretsPath(namespace, 'filled'), secretsPath(namespace)])
    for (const query of ['?dryRun=All', ''])
      t.match(await deleted(deleter, path + query), { code: 1, answer: refused.message }, `DELETE ${path}${query}`)
  t.match(await must(kubectl('get', 'secrets', '-n', namespace, '-o', 'name')), /^secret\/filled$/m)
})

t.test('none of the answers contained a token', async t => {
  const secrets = await tokenIn('filled')
  t.ok(writer.answers.length > 2 * writes.length)
  t.equal(deleter.answers.length, 8)
  t.equal(leaks([...writer.answers, ...deleter.answers].join('\n'), secrets), 0)
})

t.test('the API server itself shows a Secret to a user who may patch it (docs/security.md)', async t => {
  const secrets = await tokenIn('filled')
  const invalid = await patcher.patch(namespace, 'filled', { metadata: { labels: { x: 1 } } })
  t.equal(invalid.status, 422)
  t.ok(
    leaks(JSON.stringify(invalid.body), secrets) > 0,
    'for a patch that cannot be applied, the API server returns the object before admission',
  )
  const copied = await patcher.request({
    method: 'PATCH',
    path: secretsPath(namespace, 'filled'),
    contentType: 'application/json-patch+json',
    body: JSON.stringify([{ op: 'copy', from: '/data/.dockerconfigjson', path: '/metadata/labels/x' }]),
  })
  t.equal(copied.status, 422)
  t.ok(
    leaks(JSON.stringify(copied.body), secrets) > 0,
    'an invalid label value is quoted in the error before validating policies are evaluated',
  )
})

t.test('a user who may get one Secret by its name may write it, and the answer contains its data', async t => {
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

t.test('a user who may list Secrets may write and delete them, and reads nothing that a list does not show', async t => {
  await until('RBAC is in force', async () => (await lister.names(namespace)).includes('filled'))
  t.equal((await lister.create(secret('by-lister'))).status, 201)
  t.equal((await lister.patch(namespace, 'filled', { metadata: { annotations: { d: 'e' } } })).status, 200)
  t.match(await deleted(lister, `${secretsPath(namespace, 'by-lister')}?dryRun=All`), { code: 0 })
  t.match(await deleted(lister, secretsPath(namespace, 'by-lister')), { code: 0 })
})

t.test('a user who may list one Secret, by a field selector, may write that Secret', async t => {
  const listed = () => listerOfOne.request({ method: 'GET', path: `${secretsPath(namespace)}?fieldSelector=metadata.name=listed` })
  await until('RBAC is in force', async () => (await listed()).status === 200)
  t.equal((await listerOfOne.create(secret('listed'))).status, 201)
  t.equal((await listerOfOne.patch(namespace, 'listed', { metadata: { annotations: { a: 'b' } } })).status, 200)
  for (const [about, write] of writes) t.match(await write(listerOfOne), refused, about)
})

/** Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/storageversionmigrator/storageversionmigrator.go#L309 */
t.test('the storage version migrator of Kubernetes, which may list and patch, can migrate a managed Secret', async t => {
  const name = 'system:serviceaccount:kube-system:storage-version-migrator-controller'
  await must(kubectl('create', 'clusterrole', 'migrator', '--verb=list,create,patch', '--resource=*.*'))
  await must(kubectl('create', 'clusterrolebinding', 'migrator', '--clusterrole=migrator', `--user=${name}`))
  const migrator = await userNamed(name)
  const listed = await until('RBAC is in force', async () => {
    const { status, body } = await migrator.request({ method: 'GET', path: secretsPath() })
    return status === 200 && (body as { items: WrittenSecret[] }).items
  })
  const managed = listed.filter(({ metadata }) => metadata.labels?.[labels.managed] === 'true')
  t.ok(managed.length > 0)
  const migrate = ({ metadata }: WrittenSecret) => {
    const { uid, resourceVersion } = metadata as unknown as Record<string, string>
    return migrator.request({
      method: 'PATCH',
      path: `${secretsPath(metadata.namespace, metadata.name)}?fieldManager=storage-version-migrator-controller`,
      contentType: 'application/apply-patch+yaml',
      body: JSON.stringify({ kind: 'Secret', apiVersion: 'v1', metadata: { uid, resourceVersion } }),
    })
  }
  const counted = await admissionsDuring(bed.webhook, async () => {
    for (const one of managed) t.match(await migrate(one), { status: 200 }, one.metadata.name)
  })
  t.same(counted, { 'default UPDATE unchanged': managed.length })
})

/** The values of a Secret that no answer may contain. This test never prints them either. */
async function tokenIn(name: string): Promise<string[]> {
  const { password = '', auth = '' } = (await storedSecret(bed.cluster, { namespace, name })).login(ownRegistry) ?? {}
  t.ok(password.length > 100)
  return [password, auth]
}
