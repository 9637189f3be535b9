import t from 'tap'
import { apiService, configMap, isCalledThroughApiServer, objectMeta, secretObject, webhookConfiguration } from '../../src/kube/objects.ts'

t.test('missing fields of an object are read as empty, and isBeingDeleted is set', async t => {
  const bare = { name: 'a', namespace: '', uid: '', labels: {}, annotations: {}, isBeingDeleted: false }
  t.strictSame(objectMeta.parse({ metadata: { name: 'a' } }), bare)
  t.strictSame(objectMeta.parse({ metadata: { name: 'a', labels: null, annotations: null, deletionTimestamp: null } }), bare)
  t.equal(objectMeta.parse({ metadata: { name: 'a', deletionTimestamp: '2026-01-01T12:00:00Z' } }).isBeingDeleted, true)
  const full = { name: 'a', namespace: 'b', uid: 'c', labels: { d: 'e' }, annotations: { f: 'g' } }
  t.strictSame(objectMeta.parse({ metadata: full }), { ...full, isBeingDeleted: false })
})

t.test('missing data of a Secret, and missing webhooks and bundles of a configuration, are read as empty', async t => {
  const metadata = { name: 'a' }
  for (const nothing of [{}, { data: null, webhooks: null }]) {
    t.strictSame(secretObject.parse({ metadata, ...nothing }).data, {})
    t.strictSame(webhookConfiguration.parse({ metadata, ...nothing }).webhooks, [])
  }
  const webhooks = [{ name: 'w', clientConfig: { url: 'https://a' } }]
  t.strictSame(webhookConfiguration.parse({ metadata, webhooks }).webhooks, [{ name: 'w', clientConfig: { caBundle: '' } }])
})

t.test('a webhook configuration has the Service of each webhook', async t => {
  const webhooks = [{ name: 'w', clientConfig: { service: { namespace: 'ecr', name: 'ecr-anywhere', path: '/a' }, caBundle: 'Q0E=' } }]
  t.strictSame(webhookConfiguration.parse({ metadata: { name: 'a' }, webhooks }).webhooks, [
    { name: 'w', clientConfig: { service: { namespace: 'ecr', name: 'ecr-anywhere' }, caBundle: 'Q0E=' } },
  ])
  t.throws(() => webhookConfiguration.parse({ metadata: { name: 'a' }, webhooks: [{ name: 'w', clientConfig: { service: {} } }] }))
})

t.test('a ConfigMap has its texts by key, or no texts if it has no data', async t => {
  t.strictSame(configMap.parse({ metadata: { name: 'a' }, data: { b: 'c' } }).data, { b: 'c' })
  t.strictSame(configMap.parse({ metadata: { name: 'a' } }).data, {})
  t.equal(configMap.parse({ metadata: { name: 'a' } }).metadata.name, 'a')
})

t.test('an APIService has a Service and a CA bundle, unless the API server itself serves it', async t => {
  const metadata = { name: 'v1.a' }
  const service = { namespace: 'ecr', name: 'ecr-anywhere' }
  const { spec } = apiService.parse({ metadata, spec: { service: { ...service, port: 443 }, caBundle: 'Q0E=' } })
  t.strictSame(spec, { service, caBundle: 'Q0E=' })
  for (const own of [{}, { service: null }]) t.match(apiService.parse({ metadata, spec: own }).spec, { caBundle: '' })
  t.equal(apiService.parse({ metadata, spec: {} }).metadata.name, 'v1.a')
  t.throws(() => apiService.parse({ metadata, spec: { service: {} } }))
  t.throws(() => apiService.parse({ metadata }))
})

t.test('a webhook is called through the API server only if its Service is that of the API server', async t => {
  const of = (namespace: string, name: string) => isCalledThroughApiServer({ service: { namespace, name } })
  t.equal(of('default', 'kubernetes'), true)
  t.equal(of('ecr', 'kubernetes'), false)
  t.equal(of('default', 'ecr-anywhere'), false)
  t.equal(isCalledThroughApiServer({}), false)
})
