import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import t from 'tap'
import { keepAll } from '../../src/certs/kube/keep-all.ts'
import { mintPair } from '../../src/certs/random/mint-pair.ts'
import { storedObjects } from './stored-objects.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const pairs = { WEBHOOK_CONFIGURATIONS: 'hooks', SERVING_DNS_NAMES: 'a.ecr.svc' }
const tickets = { TICKET_SECRET: 'tickets', ATTESTED_TENANTS: 'default,team-a' }
const hooks = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'hooks' },
  webhooks: [{ name: 'one', clientConfig: {} }],
}
const owner = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'ecr', name: 'owner' } }
const secretPath = (name: string) => `/api/v1/namespaces/ecr/secrets/${name}`

/** One run of a release in namespace `ecr`. @returns its lines */
async function kept(cluster: ReturnType<typeof storedObjects>, env: Record<string, string>): Promise<string[]> {
  const lines: string[] = []
  const settings = readSettings(settingsOf.certs, { RELEASE_NAMESPACE: 'ecr', TLS_SECRET: 'tls', OWNER: 'v1/ConfigMap/owner', ...env })
  await keepAll(cluster.api, { settings, nowMs, report: line => lines.push(line) })
  return lines
}

t.test('the pair and the tickets are created and owned by the release, and the next run does not change them', async t => {
  const cluster = storedObjects(hooks, owner)
  t.match(await kept(cluster, { ...pairs, ...tickets }), [
    /^certs: repair \(no usable serving pair\); caBundle set on 1 webhooks; tickets written$/,
  ])
  t.strictSame(cluster.applied, [
    'ecr-anywhere-certs hooks',
    'ecr-anywhere-certs tls',
    'ecr-anywhere-owner tls',
    'ecr-anywhere-certs tickets',
    'ecr-anywhere-owner tickets',
  ])
  for (const name of ['tls', 'tickets'])
    t.match(cluster.objects.get(secretPath(name))?.metadata, { ownerReferences: [{ kind: 'ConfigMap', uid: 'uid of owner' }] })
  t.match(await kept(cluster, { ...pairs, ...tickets }), [
    'certs: nothing (the serving certificate is valid); caBundle set on 0 webhooks; tickets unchanged',
  ])
  t.equal(cluster.applied.length, 5)
})

t.test('for a pair that is managed elsewhere, only its CA is published', async t => {
  const { ca } = await mintPair(['a.ecr.svc'], nowMs)
  const metadata = { namespace: 'ecr', name: 'tls' }
  const foreign = { apiVersion: 'v1', kind: 'Secret', metadata, data: { 'ca.crt': btoa(ca) } }
  const cluster = storedObjects(hooks, owner, foreign)
  t.strictSame(await kept(cluster, { WEBHOOK_CONFIGURATIONS: 'hooks' }), ['certs: caBundle set on 1 webhooks'])
  t.strictSame(cluster.applied, ['ecr-anywhere-certs hooks'])
  await t.rejects(kept(storedObjects(hooks, owner), { WEBHOOK_CONFIGURATIONS: 'hooks' }), {
    kind: 'settings',
    message: /^found no unexpired CA certificate in ca\.crt of the Secret ecr\/tls; /,
  })
})

const apiService = (namespace: string, caBundle?: string) => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1.api' },
  spec: { service: { namespace, name: 'webhook' }, ...(caBundle === undefined ? {} : { caBundle }) },
})
const throughApiServer = { name: 'aggregated.one', clientConfig: { service: { namespace: 'default', name: 'kubernetes' } } }

t.test('an APIService also gets the caBundle, and a webhook that the API server calls through itself gets none', async t => {
  const cluster = storedObjects({ ...hooks, webhooks: [throughApiServer, ...hooks.webhooks] }, owner, apiService('ecr'))
  t.match(await kept(cluster, { ...pairs, API_SERVICE: 'v1.api' }), [/caBundle set on 2 webhooks/])
  const { spec } = cluster.objects.get('/apis/apiregistration.k8s.io/v1/apiservices/v1.api') as unknown as ReturnType<typeof apiService>
  t.match(atob(spec.caBundle ?? ''), /BEGIN CERTIFICATE/)
  t.match(cluster.objects.get('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/hooks'), { webhooks: [{ name: 'one' }] })
})

t.test('an APIService that is missing or belongs to another release is reported and not changed', async t => {
  await t.rejects(kept(storedObjects(hooks, owner), { ...pairs, API_SERVICE: 'v1.api' }), {
    message: /^found no APIService v1\.api; .*`helm upgrade`/,
  })
  const foreign = storedObjects(hooks, owner, apiService('other'))
  await t.rejects(kept(foreign, { ...pairs, API_SERVICE: 'v1.api' }), {
    message: /^found the APIService v1\.api of another installation, which calls the Service other\/webhook; /,
  })
  t.notOk(foreign.applied.includes('ecr-anywhere-certs v1.api'))
})

t.test('tickets can be managed without a pair', async t => {
  const cluster = storedObjects(owner)
  t.strictSame(await kept(cluster, tickets), ['certs: tickets written'])
  t.strictSame(Object.keys(cluster.objects.get(secretPath('tickets'))?.data as object), ['default', 'team-a'])
})

t.test('the Secrets are written before missing objects are reported, and before the install no object is missing', async t => {
  const cluster = storedObjects()
  await t.rejects(kept(cluster, { ...pairs, ...tickets }), {
    code: 'ReleaseIncomplete',
    message: /^found no MutatingWebhookConfiguration hooks, no ConfigMap ecr\/owner; /,
  })
  t.strictSame(cluster.applied, ['ecr-anywhere-certs tls', 'ecr-anywhere-certs tickets'])
  t.equal((await kept(storedObjects(), { ...pairs, BEFORE_RELEASE: 'true' })).length, 1)
})
