import t from 'tap'
import { redactor } from '../../src/doctor/redact.ts'

const known = {
  context: ['prod-eu'],
  namespace: ['shop', 'shop-eu', 'default', 'ecr-anywhere'],
  Secret: ['registry'],
  pod: ['web-1'],
  tenant: ['team-a'],
}

const cases: [about: string, text: string, expected: string][] = [
  ['names', 'shop-eu/registry and shop/registry of shop-eu', 'namespace-1/Secret-1 and namespace-2/Secret-1 of namespace-1'],
  ['a name within another word', 'workshop shopping shop-9', 'workshop shopping shop-9'],
  [
    'names that everybody has',
    'default, kube-system, ecr-anywhere, ecr-anywhere-webhook',
    'default, kube-system, ecr-anywhere, ecr-anywhere-webhook',
  ],
  ['an account in a host', '123456789012.dkr.ecr.us-east-1.amazonaws.com', 'account-1.dkr.ecr.us-east-1.amazonaws.com'],
  [
    'an image',
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com/payments/api:1.2 twice: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/payments/api:1.2',
    'account-1.dkr.ecr.eu-west-1.amazonaws.com/repository-1 twice: account-1.dkr.ecr.eu-west-1.amazonaws.com/repository-1',
  ],
  ['a role and its session', 'arn:aws:sts::123456789012:assumed-role/pull/prod-eu-default', 'arn:aws:sts::account-1:assumed-role/role-1'],
  [
    'hosts and addresses',
    'https://k8s.corp.example:6443 at 10.1.2.3 and fd00:1:2::3 and 127.0.0.1',
    'https://host-1:6443 at address-1 and address-3 and address-2',
  ],
  ['a person', 'User "jo@corp.example" cannot', 'User "user-1" cannot'],
  [
    'what is of this product or of Kubernetes',
    'the label ecr-anywhere.centml.ai/namespace, mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'the label ecr-anywhere.centml.ai/namespace, mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
  [
    'fields, versions and files',
    'webhooks[0].failurePolicy, spec.versionPriority, spec.a.b, v1.36.3, docs/security.md, deploy/examples/serviceaccount.yaml',
    'webhooks[0].failurePolicy, spec.versionPriority, spec.a.b, v1.36.3, docs/security.md, deploy/examples/serviceaccount.yaml',
  ],
]

for (const [about, text, expected] of cases) {
  t.test(`${about}: replaced in the same way each time, or left as it is`, async t => t.equal(redactor(known)(text), expected))
}

t.test('a value of JSON keeps its form, and what is the same in every cluster', async t => {
  const value = { id: 'shop', title: 'registry', state: 'ok', found: ['shop', 1, null, { context: 'prod-eu' }] }
  t.strictSame(redactor(known)(value), { ...value, found: ['namespace-1', 1, null, { context: 'context-1' }] })
})

t.test('without known names, forms are replaced all the same', async t => t.equal(redactor({})('of 123456789012'), 'of account-1'))
