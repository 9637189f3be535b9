import t from 'tap'
import { apiUser, secretsPath } from '../../../../scripts/testbed/api-user.ts'
import { plainNamespace, startAttested, ticketSecret } from '../../../../scripts/testbed/attested.ts'
import { tokenCalls } from '../../../../scripts/testbed/aws-calls.ts'
import { dockerConfigJson, managedSecret, manifests } from '../../../../scripts/testbed/manifest.ts'
import { must } from '../../../../scripts/testbed/testbed.ts'
import { until } from '../../../../scripts/testbed/until.ts'
import type { KubeAnswer } from '../../../../shared/src/kube/client.ts'
import { annotations, labels } from '../../../../shared/src/names.ts'
import { releaseNamespace } from '../../helm.ts'

const enabled = 'ready-enabled'
const notCalled = /the webhook was not called for this Secret, so it was not stored: is the namespace enabled, is the webhook registered\?/
const argo = { 'argocd.argoproj.io/secret-type': 'repository' }
const url = 'oci://123456789012.dkr.ecr.us-east-1.amazonaws.com/charts'

const bed = await startAttested(t)
const { kubectl, kubeconfig } = bed.cluster
const admin = await apiUser(kubeconfig)
t.teardown(admin.close)
await bed.namespace('of-nobody', 'nobody')
/** Every answer of the API server, as it came. */
const answers: string[] = []
const tickets = new Set(Object.values(await bed.tickets()))

const kinds = {
  typed: { type: dockerConfigJson, data: { '.dockerconfigjson': 'e30=' } },
  'Argo CD': { type: 'Opaque', labels: argo, stringData: { type: 'helm', enableOCI: 'true', url } },
  'without data': { type: dockerConfigJson },
}
const told = Object.entries(kinds).filter(([kind]) => kind !== 'without data')
const secretOf = (kind: string, namespace: string, name = 'pull') =>
  managedSecret({ namespace, name, ...kinds[kind as keyof typeof kinds] })

async function send(request: Parameters<typeof admin.request>[0]): Promise<KubeAnswer & { message: string }> {
  const answer = await admin.request(request)
  answers.push(JSON.stringify(answer))
  return { ...answer, message: (answer.body as { message?: string }).message ?? '' }
}
const create = (secret: ReturnType<typeof managedSecret>, query = '') =>
  send({ method: 'POST', path: secretsPath(secret.metadata.namespace) + query, body: JSON.stringify(secret) })
const apply = (secret: ReturnType<typeof managedSecret>, query = '') =>
  send({
    method: 'PATCH',
    path: `${secretsPath(secret.metadata.namespace, secret.metadata.name)}?fieldManager=test&force=true${query}`,
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(secret),
  })
const patch = (namespace: string, name: string, change: object) =>
  send({
    method: 'PATCH',
    path: secretsPath(namespace, name),
    contentType: 'application/merge-patch+json',
    body: JSON.stringify(change),
  })
const names = async (namespace: string) => {
  const { body } = await send({ method: 'GET', path: secretsPath(namespace) })
  return (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)
}
const note = (value: string) => ({ metadata: { annotations: { [annotations.attestation]: value } } })

t.test('an attestation that the user writes is overwritten by the policy, and never stored', async t => {
  const forged = managedSecret({ namespace: enabled, name: 'forged', annotations: { [annotations.attestation]: 'forged' } })
  t.equal((await create(forged)).status, 201)
  t.equal((await apply({ ...forged, metadata: { ...forged.metadata, name: 'applied' } })).status, 201)
  t.equal((await patch(enabled, 'forged', note('again'))).status, 200)
  for (const name of ['forged', 'applied']) {
    const { body } = await send({ method: 'GET', path: secretsPath(enabled, name) })
    const { metadata } = body as { metadata: { annotations: Record<string, string> } }
    t.ok(Date.parse(metadata.annotations[annotations.expiresAt] ?? '') > Date.now(), 'it was injected')
    t.notOk(annotations.attestation in metadata.annotations)
  }
  t.match((await create({ ...forged, metadata: { ...forged.metadata, namespace: plainNamespace } })).message, notCalled)
  const unmanaged = { ...forged, type: 'Opaque', metadata: { ...forged.metadata, name: 'unmanaged', labels: {} } }
  t.match((await create(unmanaged as typeof forged)).message, notCalled, 'not on any other Secret either')
})

t.test('a managed Secret is un-labelled, finalized, and deleted with its namespace, all policies on', async t => {
  for (const name of ['plain', 'held', 'doomed']) t.equal((await create(managedSecret({ namespace: enabled, name }))).status, 201)
  const removed = await patch(enabled, 'plain', { metadata: { labels: { [labels.managed]: null } } })
  t.equal(removed.status, 200)
  t.equal((await patch(enabled, 'plain', { metadata: { annotations: { a: 'b' } } })).status, 200, 'and then it is anybody’s')
  t.equal((await patch(enabled, 'held', { metadata: { finalizers: ['example.com/hold'] } })).status, 200)
  await must(kubectl('delete', 'secret', '-n', enabled, 'held', '--wait=false'))
  t.equal((await patch(enabled, 'held', { metadata: { annotations: { a: 'b' } } })).status, 200)
  t.equal((await patch(enabled, 'held', { metadata: { finalizers: null } })).status, 200)
  t.notOk((await names(enabled)).includes('held'))
  await bed.namespace('doomed')
  t.equal((await create(managedSecret({ namespace: 'doomed', name: 'held', finalizers: ['example.com/hold'] }))).status, 201)
  await must(kubectl('delete', 'namespace', 'doomed', '--wait=false'))
  await until('the namespace waits for its Secret', async () => {
    const { body } = await send({ method: 'GET', path: secretsPath('doomed', 'held') })
    return (body as { metadata: { deletionTimestamp?: string } }).metadata.deletionTimestamp !== undefined
  })
  t.equal((await patch('doomed', 'held', { metadata: { finalizers: null } })).status, 200)
  await must(kubectl('wait', '--for=delete', 'namespace/doomed', '--timeout=30s'))
})

t.test('in a namespace without the label, or with an unknown tenant’s, nothing is stored, and a sentence says so', async t => {
  const calls = tokenCalls(bed.emulator)
  for (const namespace of [plainNamespace, 'of-nobody']) {
    for (const [kind] of told)
      for (const write of [create, apply]) t.match(await write(secretOf(kind, namespace)), { status: 403, message: notCalled })
    // The API server looks at a type's keys before it asks policies.
    t.match(await create(secretOf('without data', namespace)), { status: 422, message: /data\[\.dockerconfigjson\]: Required value/ })
    t.same(await names(namespace), [])
  }
  t.equal(tokenCalls(bed.emulator), calls)
})

t.test('the webhook entry is deleted while the policies stay: nothing is stored, no ticket is shown', async t => {
  const configuration = 'ecr-anywhere-tenant-default'
  const stored = await names(enabled)
  const entry = await must(kubectl('get', 'mutatingwebhookconfiguration', configuration, '-o', 'json'))
  await must(kubectl('delete', 'mutatingwebhookconfiguration', configuration))
  await until('the API server knows', async () => notCalled.test((await create(secretOf('typed', enabled))).message))
  for (const [kind] of told) {
    for (const write of [create, apply]) {
      for (const query of ['', '?dryRun=All'])
        t.match(
          await write(secretOf(kind, enabled), write === apply ? query.replace('?', '&') : query),
          { status: 403, message: notCalled },
          `${kind} ${query}`,
        )
    }
  }
  t.equal((await create(secretOf('without data', enabled))).status, 422)
  t.match(await patch(enabled, 'forged', { metadata: { annotations: { a: 'b' } } }), { status: 403, message: notCalled })
  t.same(await names(enabled), stored)
  t.equal((await patch(enabled, 'doomed', { metadata: { labels: { [labels.managed]: null } } })).status, 200, 'un-labelling needs nobody')
  const { resourceVersion: _, uid: __, ...metadata } = JSON.parse(entry).metadata
  await must(kubectl('create', '-f', '-', manifests({ ...JSON.parse(entry), metadata })))
  await until('it works again', async () => (await create(managedSecret({ namespace: enabled, name: 'back' }))).status === 201)
})

t.test('the ticket Secret is deleted: nothing is stored, its name is told, and certs mends it', async t => {
  await must(kubectl('delete', 'secret', '-n', releaseNamespace, ticketSecret))
  const missing = new RegExp(`needs-secret-${ticketSecret}`)
  await until('the API server knows', async () => missing.test((await create(managedSecret({ namespace: enabled, name: 'lost' }))).message))
  for (const kind of Object.keys(kinds)) t.match((await create(secretOf(kind, enabled, 'lost'))).message, missing, kind)
  t.notOk((await names(enabled)).includes('lost'))
  await must(bed.certs())
  for (const ticket of Object.values(await bed.tickets())) tickets.add(ticket)
  await until('the webhook does not know the new ticket yet', async () => {
    const { message } = await create(managedSecret({ namespace: enabled, name: 'lost' }))
    return /a review without the ticket of tenant default; wanted .+\. \S/.test(message)
  })
  await bed.mountTickets()
  await until('it works again', async () => (await create(managedSecret({ namespace: enabled, name: 'found' }))).status === 201)
})

t.test('no answer of all these held a ticket', async t => {
  t.equal(tickets.size, 2)
  for (const ticket of tickets) t.notOk(answers.some(answer => answer.includes(ticket)))
})
