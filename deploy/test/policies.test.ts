import { base, ofKind, type Rendered, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { test } from 'tap'
import { parse } from 'yaml'
import { variants } from './variants.ts'

const all = Object.entries(variants)

test('a ticket policy matches exactly the requests that its webhook matches', async t => {
  const objects = await render(variants.tenants ?? {})
  const policies = new Map(ofTenants(objects, 'MutatingAdmissionPolicy').map(({ metadata, spec }) => [metadata.name, spec]))
  const configurations = ofTenants(objects, 'MutatingWebhookConfiguration')
  t.equal(configurations.length, 4, 'four tenants')
  t.strictSame([...policies.keys()].sort(), configurations.map(({ metadata }) => metadata.name).sort())
  for (const { metadata, webhooks } of configurations) {
    const [direct] = webhooks
    const { rules, namespaceSelector, objectSelector, matchConditions, matchPolicy, reinvocationPolicy, failurePolicy } = direct
    const name = metadata.name.replace('ecr-anywhere-', 'ecr-anywhere-aggregated-')
    const through = ofKind(objects, 'MutatingWebhookConfiguration').find(one => one.metadata.name === name)?.webhooks[0]
    t.ok(name < metadata.name, 'the API server calls the webhooks in this order')
    const { matchConstraints, ...policy } = policies.get(metadata.name)
    const [noTicket, hasTicket] = [through.matchConditions.at(-1), matchConditions.at(-1)]
    t.strictSame([noTicket.name, hasTicket.name, noTicket.expression], ['no-ticket', 'has-ticket', `!${hasTicket.expression}`])
    const same = ['rules', 'namespaceSelector', 'objectSelector', 'matchPolicy', 'reinvocationPolicy', 'failurePolicy', 'timeoutSeconds']
    for (const field of same) t.strictSame(through[field], direct[field], `the webhooks of both paths have the same ${field}`)
    t.strictSame(matchConstraints, { resourceRules: rules, namespaceSelector, objectSelector, matchPolicy }, metadata.name)
    t.strictSame(
      [policy.matchConditions, policy.reinvocationPolicy, policy.failurePolicy],
      [matchConditions.slice(0, -1), reinvocationPolicy, failurePolicy],
    )
    t.strictSame(through.matchConditions.slice(0, -1), policy.matchConditions)
  }
})

test('each validating policy has a binding that denies, except the policy for misspelt keys, which warns', async t => {
  for (const [name, values] of all) {
    const objects = await render(values)
    const bindings = ofKind(objects, 'ValidatingAdmissionPolicyBinding')
    t.strictSame(
      bindings.map(({ metadata, spec }) => [metadata.name, spec.policyName]).sort(),
      ofKind(objects, 'ValidatingAdmissionPolicy')
        .map(({ metadata }) => [metadata.name, metadata.name])
        .sort(),
      name,
    )
    for (const { metadata, spec } of bindings)
      t.strictSame(spec.validationActions, [metadata.name === 'ecr-anywhere-spelling' ? 'Warn' : 'Deny'], metadata.name)
  }
})

test('only oldObject decides whether a Secret is being deleted', async t => {
  for (const [name, values] of all) {
    const admission = (await render(values)).filter(({ apiVersion }) => apiVersion.startsWith('admissionregistration'))
    t.notMatch(JSON.stringify(admission), /[^d]object\.metadata\.\??deletionTimestamp/, name)
  }
})

test('no selector exempts a managed Secret because of another label', async t => {
  for (const { webhooks, spec } of ofTenants(await render(base), 'MutatingWebhookConfiguration', 'MutatingAdmissionPolicy')) {
    const { objectSelector } = webhooks?.[0] ?? spec.matchConstraints
    t.strictSame(objectSelector, { matchLabels: { [labels.managed]: 'true' } })
  }
})

test('the policy for misspelt keys knows every name that the program knows', async t => {
  const spelling = ofKind(await render(base), 'ValidatingAdmissionPolicy').find(({ metadata }) => metadata.name === 'ecr-anywhere-spelling')
  const known = (name: string) => {
    const expression: string = spelling?.spec.variables.find((variable: { name: string }) => variable.name === name).expression ?? ''
    return [...expression.matchAll(/'([^']+\/[^']+)'/g)].map(([, key]) => key).sort()
  }
  t.strictSame(known('knownAnnotations'), Object.values(annotations).sort())
  t.strictSame(known('knownLabels'), Object.values(labels).sort())
})

test('policies check the namespaces of tenants only if a tenant lists some', async t => {
  const judging = async (values: Values) => JSON.stringify(ofKind(await render(values), 'ValidatingAdmissionPolicy')).includes('patterns')
  t.equal(await judging(variants.tenants ?? {}), false)
  t.equal(await judging(variants["tenants' namespaces"] ?? {}), true)
  const [file] = ofKind(await render(variants["tenants' namespaces"] ?? {}), 'ConfigMap').filter(
    ({ data }) => 'tenants.yaml' in (data ?? {}),
  )
  t.match(parse(file?.data['tenants.yaml']), {
    tenants: [{ name: 'default', namespaces: ['shop-*'] }, { namespaces: ['team-a', 'team-*-a'] }],
  })
})

/** The objects of one kind that apply to the Secrets of a tenant. */
function ofTenants(objects: readonly Rendered[], ...kinds: string[]): Rendered[] {
  return ofKind(objects, ...kinds).filter(({ metadata }) => metadata.name.startsWith('ecr-anywhere-tenant-'))
}
