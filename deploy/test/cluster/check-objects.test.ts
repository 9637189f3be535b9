import { ticketSecret } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'
import { lastLine, startChecked } from './checked.ts'

const { cluster, certs, check, look, registrations } = await startChecked(t)
const { kubectl } = cluster
/** Shorter than the time for which the check waits for a transient problem. */
const atOnceMs = 60_000

t.test('the check passes if no object was changed', async t => {
  const { code, stdout } = await check('60s')
  t.equal(code, 0, stdout)
})

const configuration = 'mutatingwebhookconfiguration/ecr-anywhere-tenant-default'
const first = '/webhooks/0'
const breakages: [about: string, command: string[], expected: RegExp][] = [
  [
    'the caBundle of a tenant is removed',
    json(configuration, { op: 'remove', path: `${first}/clientConfig/caBundle` }),
    /no caBundle on the webhook default\.ecr-anywhere\S+ of the MutatingWebhookConfiguration ecr-anywhere-tenant-default; .*`helm upgrade`/,
  ],
  ['a tenant’s configuration is deleted', ['delete', configuration], missing('MutatingWebhookConfiguration ecr-anywhere-tenant-default')],
  [
    'its rules are changed',
    json(configuration, { op: 'replace', path: `${first}/rules/0/operations`, value: ['CREATE'] }),
    changed('MutatingWebhookConfiguration ecr-anywhere-tenant-default', 'webhooks[0].rules[0].operations'),
  ],
  [
    'a selector excludes namespaces from it',
    json(configuration, {
      op: 'add',
      path: `${first}/namespaceSelector/matchExpressions/-`,
      value: { key: 'env', operator: 'In', values: ['prod'] },
    }),
    changed('MutatingWebhookConfiguration ecr-anywhere-tenant-default', 'webhooks[0].namespaceSelector.matchExpressions'),
  ],
  [
    'its failurePolicy is Ignore',
    json(configuration, { op: 'replace', path: `${first}/failurePolicy`, value: 'Ignore' }),
    changed('MutatingWebhookConfiguration ecr-anywhere-tenant-default', 'webhooks[0].failurePolicy'),
  ],
  [
    'a ticket policy is deleted',
    ['delete', 'mutatingadmissionpolicy/ecr-anywhere-tenant-team-a'],
    missing('MutatingAdmissionPolicy ecr-anywhere-tenant-team-a'),
  ],
  [
    'the binding of a ticket policy is deleted',
    ['delete', `mutatingadmissionpolicybinding/ecr-anywhere-tenant-default.needs-secret-${ticketSecret}`],
    missing('MutatingAdmissionPolicyBinding ecr-anywhere-tenant-default.needs-secret-ecr-anywhere-tickets'),
  ],
  [
    'the policy that denies Secrets without injected credentials is deleted',
    ['delete', 'validatingadmissionpolicy/ecr-anywhere-injected'],
    missing('ValidatingAdmissionPolicy ecr-anywhere-injected'),
  ],
  [
    'its binding is deleted',
    ['delete', 'validatingadmissionpolicybinding/ecr-anywhere-injected'],
    missing('ValidatingAdmissionPolicyBinding ecr-anywhere-injected'),
  ],
  [
    'its binding only audits',
    json('validatingadmissionpolicybinding/ecr-anywhere-injected', { op: 'replace', path: '/spec/validationActions', value: ['Audit'] }),
    changed('ValidatingAdmissionPolicyBinding ecr-anywhere-injected', 'spec.validationActions'),
  ],
  [
    'the reader guard allows every user',
    json('validatingadmissionpolicy/ecr-anywhere-reader-guard', { op: 'replace', path: '/spec/validations/0/expression', value: 'true' }),
    changed('ValidatingAdmissionPolicy ecr-anywhere-reader-guard', 'spec.validations[0].expression'),
  ],
  [
    'the policy binding that restricts the check to dry runs is deleted',
    ['delete', 'validatingadmissionpolicybinding/ecr-anywhere-check'],
    missing('ValidatingAdmissionPolicyBinding ecr-anywhere-check'),
  ],
]

for (const [about, command, expected] of breakages) {
  t.test(`${about}: the check fails at once, and names the object and the command that restores it`, async t => {
    await must(kubectl(...command))
    const lasting = (await look()).problems.filter(({ kind }) => kind === 'final')
    t.match(lasting, [{ why: expected }])
    await must(kubectl('apply', '--server-side', '--force-conflicts', '-f', '-', manifests(...registrations)))
    if (/caBundle|configuration is deleted/.test(about)) await must(certs())
  })
}

t.test('if several objects are missing, one run of the check fails at once and lists all of them in its last line', async t => {
  await must(kubectl('delete', 'validatingadmissionpolicybinding/ecr-anywhere-injected', 'mutatingadmissionpolicy/ecr-anywhere-check'))
  const { code, stdout, ms } = await check('5m')
  t.equal(code, 1)
  t.match(lastLine(stdout), /^check failed: .*found no MutatingAdmissionPolicy ecr-anywhere-check; .*`helm upgrade`/)
  t.match(lastLine(stdout), /^check failed: .*found no ValidatingAdmissionPolicyBinding ecr-anywhere-injected; .*`helm upgrade`/)
  t.ok(ms < atOnceMs, `${ms} ms`)
  await must(kubectl('apply', '--server-side', '--force-conflicts', '-f', '-', manifests(...registrations)))
})

t.test('the check passes after all objects are restored', async t => {
  const { code, stdout } = await check('60s')
  t.equal(code, 0, stdout)
})

function json(object: string, ...operations: object[]): string[] {
  return ['patch', object, '--type=json', '-p', JSON.stringify(operations)]
}

function missing(name: string): RegExp {
  return new RegExp(`^found no ${name}; wanted the object as this release defines it\\. Run \`helm upgrade\``)
}

function changed(name: string, field: string): RegExp {
  return new RegExp(`^found the ${name} with another value of ${RegExp.escape(field)}; wanted the object as .*\`helm upgrade\``)
}
