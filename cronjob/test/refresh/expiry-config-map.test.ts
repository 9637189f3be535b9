import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { AppliedObject } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { type ObjectMeta, objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { writeExpiryConfigMaps } from '../../src/refresh/expiry-config-map.ts'

const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const injected = { [annotations.expiresAt]: '2026-01-02T00:00:00Z', [annotations.injectedRegistries]: registry }
const argo = { namespace: 'argocd', name: 'ecr-auth' }
const options = { expiryConfigMaps: [argo], dryRun: false, namespace: undefined }

function secret(more: object = {}, values: object = injected): ObjectMeta {
  return objectMeta.parse({ metadata: { ...argo, annotations: values, ...more } })
}

/** Runs with these Secrets. @returns what was listed and applied, and the problem */
async function written(secrets: ObjectMeta[], given: Parameters<typeof writeExpiryConfigMaps>[0] = options, failure?: Error) {
  const applied: [AppliedObject, string][] = []
  const listed: unknown[] = []
  const problem = await writeExpiryConfigMaps(given, {
    async *list(set, selectors) {
      listed.push({ ...set, ...selectors })
      yield secrets
    },
    apply: async (object, manager) => {
      if (failure !== undefined) throw failure
      applied.push([object, manager])
    },
  })
  return { applied, listed, problem }
}

t.test('the ConfigMap has the name, the label and the keys of argo-ecr-auth', async t => {
  const { applied, listed, problem } = await written([secret()])
  const metadata = { ...argo, labels: { 'argo-ecr-auth': 'managed-resource' } }
  const data = { expireyTime: '2026-01-02T00:00:00Z', name: registry }
  t.strictSame(applied, [[{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, 'ecr-anywhere-refresh']])
  const labelSelector = 'ecr-anywhere.centml.ai/managed=true'
  t.strictSame(listed, [{ apiVersion: 'v1', kind: 'Secret', namespace: 'argocd', labelSelector, fieldSelector: 'metadata.name=ecr-auth' }])
  t.equal(problem, undefined)
})

t.test('nothing is written for a Secret that is missing, being deleted or without credentials', async t => {
  const { [annotations.expiresAt]: _, ...noExpiry } = injected
  for (const secrets of [[], [secret({ name: 'other' })], [secret({ deletionTimestamp: 'now' })], [secret({}, {})], [secret({}, noExpiry)]])
    t.strictSame((await written(secrets)).applied, [])
})

t.test('nothing is read or written in a dry run, for another namespace than the one of the flag, or if none is requested', async t => {
  for (const more of [{ dryRun: true }, { namespace: 'other' }, { expiryConfigMaps: undefined }])
    t.strictSame(await written([secret()], { ...options, ...more }), { applied: [], listed: [], problem: undefined })
  t.equal((await written([secret()], { ...options, namespace: 'argocd' })).applied.length, 1)
})

t.test('every ConfigMap that fails is named with its cause, without quoting other errors', async t => {
  const refused = new Fault('transient', { found: 'HTTP 403', wanted: 'HTTP 200', todo: 'Give this service account the right (RBAC).' })
  const two = { ...options, expiryConfigMaps: [argo, { namespace: 'argocd', name: 'second' }] }
  const { problem } = await written([secret(), secret({ name: 'second' })], two, refused)
  const cause = 'found HTTP 403; wanted HTTP 200. Give this service account the right (RBAC).'
  const first = `refresh failed: the ConfigMap argocd/ecr-auth was not written: ${cause}`
  t.equal(problem, `${first}; the ConfigMap argocd/second was not written: ${cause}`)
  t.notMatch((await written([secret()], options, new Error('hunter2'))).problem, /hunter2/)
})
