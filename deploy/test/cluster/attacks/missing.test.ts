import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { plainNamespace, startAttested, ticketSecret } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { dockerConfigJson, managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { secretWriter } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const enabled = 'ready-enabled'
const notCalled = /the webhook was not called for this Secret, so it was not stored: is the namespace enabled, is the webhook registered\?/
const argo = { 'argocd.argoproj.io/secret-type': 'repository' }
const url = 'oci://123456789012.dkr.ecr.us-east-1.amazonaws.com/charts'

const skip = await withoutMutatingPolicies()
const bed = await startAttested(t)
const { kubectl, kubeconfig } = bed.cluster
const admin = await apiUser(kubeconfig)
t.teardown(admin.close)
const { create, apply, patch, get, names, answers } = secretWriter(admin)
await bed.namespace('of-unknown-tenant', 'unknown')
const tickets = new Set(Object.values(await bed.tickets()))

const writable = {
  typed: { type: dockerConfigJson, data: { '.dockerconfigjson': 'e30=' } },
  'Argo CD': { type: 'Opaque', labels: argo, stringData: { type: 'helm', enableOCI: 'true', url } },
}
/** Types that the API server itself rejects without data, unless a policy adds empty keys. */
const typed = skip ? [] : [dockerConfigJson, 'kubernetes.io/dockercfg', 'kubernetes.io/basic-auth']
const withoutData = (namespace: string, type = dockerConfigJson) => managedSecret({ namespace, name: 'pull', type })
const secretOf = (kind: keyof typeof writable, namespace: string, name = 'pull') => managedSecret({ namespace, name, ...writable[kind] })
const kinds = Object.keys(writable) as (keyof typeof writable)[]
const annotated = (notes: Record<string, string>) => ({ metadata: { annotations: notes } })
const unlabelled = { metadata: { labels: { [labels.managed]: null } } }

t.test('an attestation that the user writes is overwritten by the policy, and never stored', async t => {
  const forged = (name: string, namespace = enabled) =>
    managedSecret({ namespace, name, annotations: { [annotations.attestation]: 'forged' }, ...writable.typed })
  t.equal((await create(forged('forged'))).status, 201)
  t.equal((await apply(forged('applied'))).status, 201)
  t.equal((await patch(enabled, 'forged', annotated({ [annotations.attestation]: 'again' }))).status, 200)
  for (const name of ['forged', 'applied']) {
    const { metadata } = (await get(enabled, name)).body as ReturnType<typeof forged>
    t.ok(Date.parse(metadata.annotations[annotations.expiresAt] ?? '') > Date.now(), 'the webhook injected credentials')
    t.notOk(annotations.attestation in metadata.annotations)
  }
  t.equal((await create(forged('forged', plainNamespace))).status, 403)
  const unmanaged = forged('unmanaged', plainNamespace)
  t.match(await create({ ...unmanaged, metadata: { ...unmanaged.metadata, labels: {} } }), { status: 403, message: notCalled })
})

t.test('a Secret with the probe label is never stored, and its dry run reaches the webhook of the tenant', async t => {
  for (const claims of [{}, { [annotations.expiresAt]: '2099-01-01T00:00:00Z' }]) {
    for (const namespace of [enabled, plainNamespace, releaseNamespace]) {
      const probe = managedSecret({ namespace, name: 'probe', labels: { [labels.probe]: 'true' }, annotations: claims, ...writable.typed })
      for (const write of [create, apply]) {
        const refusal = namespace === enabled ? /with the label ecr-anywhere\S+probe/ : / Found no label ecr-anywhere/
        t.match(await write(probe), { status: /^40[03]$/, message: refusal }, namespace)
        const { warnings } = await write(probe, '&dryRun=All')
        const isAsked = warnings.some(warning => warning.startsWith('ecr-anywhere: check '))
        t.equal(isAsked, namespace === enabled, `a dry run in ${namespace} reaches the tenant's webhook`)
      }
    }
  }
  t.equal((await create(managedSecret({ namespace: enabled, name: 'later-probe' }))).status, 201)
  const labelled = await patch(enabled, 'later-probe', { metadata: { labels: { [labels.probe]: 'true' } } })
  t.match(labelled, { status: /^40[03]$/, message: /with the label ecr-anywhere\S+probe/ })
})

t.test('a managed Secret can be unlabelled, finalized and deleted with its namespace while all policies are in force', async t => {
  for (const name of ['plain', 'held', 'doomed']) t.equal((await create(managedSecret({ namespace: enabled, name }))).status, 201)
  t.equal((await patch(enabled, 'plain', unlabelled)).status, 200)
  t.equal((await patch(enabled, 'plain', annotated({ a: 'b' }))).status, 200, 'an unlabelled Secret can be changed freely')
  t.equal((await patch(enabled, 'held', { metadata: { finalizers: ['example.com/hold'] } })).status, 200)
  await must(kubectl('delete', 'secret', '-n', enabled, 'held', '--wait=false'))
  t.equal((await patch(enabled, 'held', annotated({ a: 'b' }))).status, 200)
  t.equal((await patch(enabled, 'held', { metadata: { finalizers: null } })).status, 200)
  t.notOk((await names(enabled)).includes('held'))
  await bed.namespace('doomed')
  t.equal((await create(managedSecret({ namespace: 'doomed', name: 'held', finalizers: ['example.com/hold'] }))).status, 201)
  await must(kubectl('delete', 'namespace', 'doomed', '--wait=false'))
  await until('the namespace waits for its Secret', async () => {
    const { metadata } = (await get('doomed', 'held')).body as { metadata: { deletionTimestamp?: string } }
    return metadata.deletionTimestamp !== undefined
  })
  t.equal((await patch('doomed', 'held', { metadata: { finalizers: null } })).status, 200)
})

t.test('in a namespace without the label or with an unknown tenant no Secret is stored, and the message says why', async t => {
  const calls = tokenCalls(bed.emulator)
  const hints = {
    [plainNamespace]: / Found no label ecr-anywhere\S+ on the namespace; do: kubectl label namespace not-enabled ecr-anywhere/,
    'of-unknown-tenant': / Found, where a tenant is wanted, the label ecr-anywhere\S+=unknown on the namespace; do: kubectl label /,
  }
  for (const [namespace, hint] of Object.entries(hints)) {
    const objects = [...kinds.map(kind => secretOf(kind, namespace)), ...typed.map(type => withoutData(namespace, type))]
    const claimed = { [annotations.expiresAt]: '2099-01-01T00:00:00Z' }
    for (const object of [...objects, managedSecret({ namespace, name: 'pull', annotations: claimed, ...writable.typed })])
      for (const write of [create, apply]) {
        const { status, message } = await write(object)
        t.equal(status, 403, JSON.stringify(object))
        t.match(message, notCalled)
        t.match(message, hint)
      }
    t.same(await names(namespace), [])
  }
  t.equal(tokenCalls(bed.emulator), calls)
})

t.test('a Secret that its author created with an expiry and labels later is not treated as injected', async t => {
  const made = managedSecret({
    namespace: plainNamespace,
    name: 'later',
    annotations: { [annotations.expiresAt]: '2099-01-01T00:00:00Z' },
    ...writable.typed,
  })
  t.equal((await create({ ...made, metadata: { ...made.metadata, labels: {} } })).status, 201)
  t.match(await patch(plainNamespace, 'later', { metadata: { labels: { [labels.managed]: 'true' } } }), { status: 403, message: notCalled })
  await must(kubectl('delete', 'secret', 'later', '-n', plainNamespace))
})

t.test('in a disabled namespace new Secrets and changes of the expiry are denied, and other changes are allowed', async t => {
  await bed.namespace('enabled-once')
  t.equal((await create(managedSecret({ namespace: 'enabled-once', name: 'old' }))).status, 201)
  await must(kubectl('label', 'namespace', 'enabled-once', `${labels.namespace}-`))
  const refused = { status: 403, message: notCalled }
  await until('the API server applies the change of the label', async () =>
    (await create(secretOf('typed', 'enabled-once'))).message.includes('Found no label'),
  )
  t.equal((await patch('enabled-once', 'old', annotated({ a: 'b' }))).status, 200)
  t.match(await patch('enabled-once', 'old', annotated({ [annotations.expiresAt]: '2099-01-01T00:00:00Z' })), refused)
  t.equal((await patch('enabled-once', 'old', unlabelled)).status, 200)
})

t.test('while the webhook configuration is deleted and the policies remain, no Secret is stored and no ticket is shown', async t => {
  const prefix = skip ? 'aggregated-' : ''
  const configuration = ['mutatingwebhookconfiguration', `ecr-anywhere-${prefix}tenant-default`]
  const stored = await names(enabled)
  const entry = JSON.parse(await must(kubectl('get', ...configuration, '-o', 'json')))
  await must(kubectl('delete', ...configuration))
  await until('the API server applies the deletion', async () => notCalled.test((await create(secretOf('typed', enabled))).message))
  // A Secret with a ticket is also denied in a dry run, and in an update that changes none of our data.
  const queries = skip ? [''] : ['', '&dryRun=All']
  for (const kind of kinds) {
    for (const write of [create, apply])
      for (const query of queries) t.match(await write(secretOf(kind, enabled), query), { status: 403, message: notCalled }, kind)
  }
  for (const type of typed) t.match(await create(withoutData(enabled, type)), { status: 403, message: notCalled }, type)
  if (!skip) t.match(await patch(enabled, 'forged', annotated({ a: 'b' })), { status: 403, message: notCalled })
  t.same(await names(enabled), stored)
  t.equal((await patch(enabled, 'doomed', unlabelled)).status, 200, 'a Secret can be unlabelled without the webhook')
  const { resourceVersion: _, uid: __, ...metadata } = entry.metadata
  await must(kubectl('create', '-f', '-', manifests({ ...entry, metadata })))
  await until(
    'a Secret can be created again',
    async () => (await create(managedSecret({ namespace: enabled, name: 'back' }))).status === 201,
  )
})

t.test('while the ticket Secret is deleted, no Secret is stored and the denial names it, and certs creates it again', { skip }, async t => {
  await must(kubectl('delete', 'secret', '-n', releaseNamespace, ticketSecret))
  const missing = new RegExp(`needs-secret-${ticketSecret}`)
  const lost = managedSecret({ namespace: enabled, name: 'lost' })
  await until('the API server applies the deletion', async () => missing.test((await create(lost)).message))
  for (const kind of kinds) t.match((await create(secretOf(kind, enabled, 'lost'))).message, missing, kind)
  t.notOk((await names(enabled)).includes('lost'))
  await must(bed.certs())
  for (const ticket of Object.values(await bed.tickets())) tickets.add(ticket)
  const unknown = /a review without the ticket of tenant default; wanted .+\. \S/
  await until('only the API server has the new ticket', async () => unknown.test((await create(lost)).message))
  await bed.mountTickets()
  await until(
    'a Secret can be created again',
    async () => (await create(managedSecret({ namespace: enabled, name: 'found' }))).status === 201,
  )
})

t.test('the namespace that was deleted is gone', async () => {
  await must(kubectl('wait', '--for=delete', 'namespace/doomed', '--timeout=60s'))
})

t.test('no answer contained a ticket', { skip }, async t => {
  t.equal(tickets.size, 2)
  for (const ticket of tickets) t.notOk(answers.some(answer => answer.includes(ticket)))
})
