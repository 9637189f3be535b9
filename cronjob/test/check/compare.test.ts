import t from 'tap'
import { bundleProblems, objectProblem } from '../../src/check/compare.ts'
import type { AdmissionObject } from '../../src/check/expected.ts'

const webhook = {
  name: 'default.ecr-anywhere.centml.ai',
  clientConfig: { service: { name: 'webhook', port: 443 } },
  rules: [{ operations: ['CREATE', 'UPDATE'], resources: ['secrets'] }],
  namespaceSelector: { matchExpressions: [{ key: 'tenant', operator: 'In', values: ['enabled'] }] },
  matchConditions: [],
}
const expected: AdmissionObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'ecr' },
  webhooks: [webhook],
}
const live = (change: Record<string, unknown> = {}) => ({
  ...expected,
  metadata: { name: 'ecr', uid: 'x' },
  webhooks: [{ ...webhook, timeoutSeconds: 10, clientConfig: { ...webhook.clientConfig, caBundle: 'QQ==' }, ...change }],
})
const { matchConditions: _, ...withoutEmptyList } = webhook
const selector = (...more: object[]) => ({
  namespaceSelector: { matchExpressions: [...webhook.namespaceSelector.matchExpressions, ...more] },
})

const same: [about: string, live: Record<string, unknown>][] = [
  ['has the defaults of the API server', live()],
  ['lacks an empty list', { ...live(), webhooks: [withoutEmptyList] }],
  [
    'has the selectors that AKS adds',
    live(
      selector(
        { key: 'control-plane', operator: 'NotIn', values: ['true'] },
        { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] },
      ),
    ),
  ],
]
for (const [about, object] of same) {
  t.test(`an object is as expected if it ${about}`, async t => t.equal(objectProblem(expected, object), undefined))
}

const binding: AdmissionObject = { ...expected, webhooks: undefined, spec: { validationActions: ['Deny'] } }

t.test('a binding that denies may have further actions', async t => {
  t.equal(objectProblem(binding, { ...binding, spec: { validationActions: ['Audit', 'Deny'] } }), undefined)
  for (const validationActions of [['Audit'], ['Warn'], []])
    t.match(objectProblem(binding, { ...binding, spec: { validationActions } })?.why, /another value of spec\.validationActions; /)
})

const different: [about: string, live: Record<string, unknown>, field: string][] = [
  ['another string', live({ name: 'other' }), 'webhooks[0].name'],
  ['another number', live({ clientConfig: { service: { name: 'webhook', port: 444 } } }), 'webhooks[0].clientConfig.service.port'],
  ['a shorter list', live({ rules: [{ operations: ['CREATE'], resources: ['secrets'] }] }), 'webhooks[0].rules[0].operations'],
  [
    'a list in another order',
    live({ rules: [{ operations: ['UPDATE', 'CREATE'], resources: ['secrets'] }] }),
    'webhooks[0].rules[0].operations[0], webhooks[0].rules[0].operations[1]',
  ],
  ['a missing field', live({ namespaceSelector: undefined }), 'webhooks[0].namespaceSelector.matchExpressions'],
  ['a list that must be empty', live({ matchConditions: [{ expression: 'false' }] }), 'webhooks[0].matchConditions'],
  [
    'a selector with another requirement',
    live(selector({ key: 'env', operator: 'In', values: ['prod'] })),
    'webhooks[0].namespaceSelector.matchExpressions',
  ],
  ['missing webhooks', { ...live(), webhooks: undefined }, 'webhooks'],
  ['an additional webhook', { ...live(), webhooks: [...live().webhooks, webhook] }, 'webhooks'],
  ['a list instead of an object', live({ namespaceSelector: [] }), 'webhooks[0].namespaceSelector.matchExpressions'],
  ['another version', { ...live(), apiVersion: 'admissionregistration.k8s.io/v2' }, 'apiVersion'],
]
for (const [about, object, field] of different) {
  t.test(`${about} is reported as a final problem, with the command that restores it`, async t => {
    const why = `found the MutatingWebhookConfiguration ecr with another value of ${field}; wanted the object as this release defines it. Run \`helm upgrade\``
    const found = objectProblem(expected, object)
    t.equal(found?.kind, 'final')
    t.equal(found?.why.slice(0, why.length), why)
  })
}

t.test('only the first of many fields are named', async t => {
  const many: AdmissionObject = {
    apiVersion: expected.apiVersion,
    kind: expected.kind,
    metadata: expected.metadata,
    spec: { a: 1, b: 2, c: 3, d: 4, e: 5 },
  }
  t.match(objectProblem(many, { ...live(), spec: {} })?.why, / with another value of spec\.a, spec\.b, spec\.c and 2 more; wanted/)
})

t.test('a missing object is reported with the command that restores it', async t => {
  const found = objectProblem(expected, undefined)
  t.match(found, {
    kind: 'final',
    why: /^found no MutatingWebhookConfiguration ecr; wanted the object as this release defines it\. Run `helm upgrade`/,
  })
})

const configuration = (name: string, ...bundles: (string | undefined)[]) => ({
  kind: 'MutatingWebhookConfiguration',
  metadata: { name },
  webhooks: bundles.map((caBundle, at) => ({ name: `${at}.${name}`, clientConfig: caBundle === undefined ? {} : { caBundle } })),
})

t.test('the same caBundle on every webhook causes no problem, and objects of other kinds have none', async t => {
  const policy = { kind: 'MutatingAdmissionPolicy', metadata: { name: 'p' }, spec: {} }
  t.strictSame(bundleProblems([configuration('a', 'x', 'x'), policy, configuration('b', 'x')], 'certs'), [])
  t.strictSame(bundleProblems([], 'certs'), [])
})

t.test('a missing or empty caBundle is reported, and is final if certs publishes it, because certs ran before', async t => {
  for (const bundle of [undefined, '']) {
    const [found, ...more] = bundleProblems([configuration('a', 'x', bundle), configuration('b', bundle)], 'certs')
    t.strictSame(more, [])
    t.equal(found?.kind, 'final')
    t.match(
      found?.why,
      /^found no caBundle on the webhook 1\.a of the MutatingWebhookConfiguration a, the webhook 0\.b of the MutatingWebhookConfiguration b; .*`helm upgrade`.*CronJob ecr-anywhere-certs/,
    )
  }
})

t.test('a missing caBundle is transient if cert-manager publishes it', async t => {
  t.match(bundleProblems([configuration('a', '')], 'cert-manager'), [{ kind: 'transient', why: /cainjector/ }])
})

t.test('two caBundles are transient, because a rotation may be in progress', async t => {
  const found = bundleProblems([configuration('a', 'x'), configuration('b', 'y')], 'certs')
  t.match(found, [{ kind: 'transient', why: /^found another caBundle on the webhook 0\.b of the \S+ b than on the webhook 0\.a of/ }])
})
