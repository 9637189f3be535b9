import { base, merged, ofKind, render, template } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { parseAllDocuments } from 'yaml'

const policies = '--api-versions=admissionregistration.k8s.io/v1/MutatingAdmissionPolicy'
const betaPolicies = '--api-versions=admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy'
const validating = '--api-versions=admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy'
const throughApiServer = '/apis/admission.ecr-anywhere.centml.ai/v1/inject/default'

/** The paths at which the API server calls the webhook of tenant default, and the objects that are rendered for them. */
async function rendered(kubernetes: string, flags: string[] = [], attestation: object = {}) {
  const { code, stdout, stderr } = await template(merged(base, { attestation }), { kubernetes, flags })
  if (code !== 0) throw new Error(stderr)
  const objects = parseAllDocuments(stdout).flatMap(document => document.toJS() ?? [])
  const ofDefault = ofKind(objects, 'MutatingWebhookConfiguration').filter(({ metadata }) => metadata.name.endsWith('tenant-default'))
  return {
    paths: ofDefault.map(({ webhooks }) => webhooks[0].clientConfig.service.path),
    apiServices: ofKind(objects, 'APIService').length,
    policies: ofKind(objects, 'MutatingAdmissionPolicy').some(({ metadata }) => metadata.name.startsWith('ecr-anywhere-tenant-')),
  }
}

const bothPaths = [throughApiServer, '/inject/default']
const aggregated = { paths: bothPaths, apiServices: 1, policies: false }
const both = { paths: bothPaths, apiServices: 1, policies: true }
const policy = { paths: ['/inject/default'], apiServices: 0, policies: true }

const cases: [about: string, kubernetes: string, flags: string[], attestation: object, expected: object][] = [
  ['1.30', '1.30.14', [], {}, aggregated],
  ['1.35', 'v1.35.2-gke.100', [], {}, aggregated],
  ['1.35 with policies of v1beta1', '1.35.2', [validating, betaPolicies], {}, aggregated],
  ['1.36', '1.36.3', [], {}, both],
  ['1.36 with policies of v1beta1 only', '1.36.3', [validating, betaPolicies], {}, aggregated],
  ['1.36 with mutating policies disabled', '1.36.3', [validating], {}, aggregated],
  ['1.36 with the API versions of a cluster', '1.36.3', [validating, policies], {}, both],
  ['1.37', '1.37.2', [], {}, policy],
  ['1.37 with the API versions of a cluster', 'v1.37.0+k3s1', [policies], {}, policy],
  ['1.37 with mutating policies disabled', '1.37.2', [validating], {}, aggregated],
  ['1.36 with mode policy', '1.36.3', [], { mode: 'policy' }, policy],
  ['1.37 with mode aggregated', '1.37.2', [], { mode: 'aggregated' }, both],
  ['1.37 with mode aggregated and without tickets', '1.37.2', [], { mode: 'aggregated', aggregated: { tickets: false } }, aggregated],
]

for (const [about, kubernetes, flags, attestation, expected] of cases) {
  test(`Kubernetes ${about}: the API server calls ${JSON.stringify(expected)}`, async t => {
    t.strictSame(await rendered(kubernetes, flags, attestation), expected)
  })
}

test('mode policy is rejected with an explanation if the API server does not serve mutating policies', async t => {
  for (const [kubernetes, flags, found] of [
    ['1.35.0', [], 'Kubernetes v1.35.0'],
    ['1.36.3', [validating], 'Kubernetes v1.36.3'],
    ['1.35.0', [validating, betaPolicies], 'Kubernetes v1.35.0, which serves MutatingAdmissionPolicies only of v1beta1'],
  ] as const) {
    const values = merged(base, { attestation: { mode: 'policy' }, attach: { mode: 'policy' } })
    const { code, stderr } = await template(values, { kubernetes, flags: [...flags] })
    t.equal(code, 1)
    t.match(stderr, `attestation.mode: found policy on ${found}, wanted an API server that serves MutatingAdmissionPolicies of`)
    t.match(stderr, /Choose auto or aggregated/)
    t.match(stderr, `attach.mode: found policy on ${found}, wanted an API server that serves MutatingAdmissionPolicies of`)
  }
})

test('Argo CD publishes the CA in the Sync phase, because it waits for the APIService before it runs PostSync hooks', async t => {
  const annotationsOf = async (mode: string) =>
    ofKind(await render(merged(base, { attestation: { mode } })), 'Job').find(
      ({ metadata }) => metadata.name === 'ecr-anywhere-certs-publish',
    )?.metadata.annotations
  t.match(await annotationsOf('aggregated'), {
    'argocd.argoproj.io/hook': 'Sync',
    'argocd.argoproj.io/sync-wave': '0',
    'helm.sh/hook': /post-install/,
  })
  t.notOk(Object.keys((await annotationsOf('policy')) ?? {}).some(name => name.startsWith('argocd')))
})
