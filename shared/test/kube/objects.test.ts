import t from 'tap'
import { objectMeta, secretObject, webhookConfiguration } from '../../src/kube/objects.ts'

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
