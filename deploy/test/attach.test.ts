import { base, merged, ofKind, podTemplates, releaseNamespace, render, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { test } from 'tap'

const secretName = 'ecr-anywhere-pull'
const named = { provision: { secretName } }
const kinds = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'MutatingWebhookConfiguration']

/** The objects for pods, by their kinds, and whether pods of the webhook serve reviews of pods. */
async function attachOf(values: Values, kubernetes: string) {
  const objects = await render(merged(base, values), kubernetes)
  const found = ofKind(objects, ...kinds).filter(({ metadata }) => metadata.name.startsWith('ecr-anywhere-attach'))
  const [webhook] = podTemplates(objects).filter(({ from }) => from.startsWith('Deployment'))
  const env: { name: string; value?: string }[] = webhook?.spec.containers[0].env ?? []
  return { found, kinds: found.map(({ kind }) => kind), served: env.find(({ name }) => name === 'ATTACH_SECRET')?.value, objects }
}

test('by default, a policy attaches where the API server has them, and the webhook only where there is a name', async t => {
  for (const [values, kubernetes, kinds, served] of [
    [{}, '1.36.0', ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'], undefined],
    [named, '1.37.2', ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'], undefined],
    [{}, '1.35.9', [], undefined],
    [named, '1.35.9', ['MutatingWebhookConfiguration'], secretName],
    [named, '1.30.14', ['MutatingWebhookConfiguration'], secretName],
    [{ ...named, attach: { mode: 'webhook' } }, '1.37.2', ['MutatingWebhookConfiguration'], secretName],
    [{ attach: { mode: 'off' } }, '1.37.2', [], undefined],
    // YAML reads `off` without quotes as false.
    [{ attach: { mode: false } }, '1.30.14', [], undefined],
  ] as const) {
    const found = await attachOf(values, kubernetes)
    t.strictSame([found.kinds, found.served], [kinds, served], `${JSON.stringify(values)} on ${kubernetes}`)
  }
})

test('the policy and the webhook match the same pods, and neither can refuse one', async t => {
  for (const mirrors of [false, true]) {
    const both = { ...named, attach: { mirrors }, tenants: [{ name: 'team-a' }] }
    const [policy] = (await attachOf(both, '1.36.3')).found
    const webhooks = (await attachOf(both, '1.30.14')).found.flatMap(({ webhooks }) => webhooks)
    t.strictSame(
      webhooks.map(({ name, clientConfig }) => [name, clientConfig.service.path]),
      [
        ['attach.default.ecr-anywhere.centml.ai', '/attach/default'],
        ['attach.team-a.ecr-anywhere.centml.ai', '/attach/team-a'],
      ],
    )
    const { matchConstraints, matchConditions, failurePolicy, reinvocationPolicy } = policy?.spec ?? {}
    const [first, ...otherSelectors] = matchConstraints.namespaceSelector.matchExpressions
    t.strictSame(first.values.sort(), webhooks.flatMap(({ namespaceSelector }) => namespaceSelector.matchExpressions[0].values).sort())
    for (const webhook of webhooks) {
      const { rules, namespaceSelector, objectSelector, matchPolicy } = webhook
      t.strictSame(
        [rules, objectSelector, matchPolicy],
        [matchConstraints.resourceRules, matchConstraints.objectSelector, matchConstraints.matchPolicy],
      )
      t.strictSame(namespaceSelector.matchExpressions.slice(1), otherSelectors)
      t.strictSame(webhook.matchConditions, matchConditions)
      t.strictSame([webhook.failurePolicy, webhook.timeoutSeconds, webhook.sideEffects], ['Ignore', 1, 'None'])
      t.equal(webhook.reinvocationPolicy, reinvocationPolicy)
    }
    t.strictSame([failurePolicy, reinvocationPolicy], ['Ignore', mirrors ? 'IfNeeded' : 'Never'])
    t.strictSame(
      matchConditions.map(({ name }: { name: string }) => name),
      ['not-a-mirror-pod', ...(mirrors ? [] : ['has-an-image-from-ecr'])],
    )
    t.match(otherSelectors, [
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', releaseNamespace] },
      { key: labels.attach, operator: 'NotIn', values: ['false'] },
    ])
  }
})

test('`certs` may publish, and publishes, the caBundle of these configurations', async t => {
  const { objects } = await attachOf({ ...named, tenants: [{ name: 'team-a' }] }, '1.30.14')
  const configurations = ['ecr-anywhere-attach-default', 'ecr-anywhere-attach-team-a']
  const [role] = ofKind(objects, 'ClusterRole').filter(({ metadata }) => metadata.name === 'ecr-anywhere-certs')
  const jobs = podTemplates(objects).filter(({ from }) => from.includes('ecr-anywhere-certs'))
  t.equal(jobs.length, 3)
  for (const name of configurations) {
    t.ok(role?.rules[0].resourceNames.includes(name), name)
    for (const { spec } of jobs) {
      const { value } = spec.containers[0].env.find((one: { name: string }) => one.name === 'WEBHOOK_CONFIGURATIONS')
      t.ok(value.split(',').includes(name), name)
    }
  }
})

test('values that contradict each other are rejected, and the message says what to do', async t => {
  for (const [values, kubernetes, message] of [
    [{ attach: { mode: 'policy' } }, '1.35.9', /attach\.mode: found policy on Kubernetes v?1\.35\.9, wanted .+ Choose auto or webhook/],
    [{ attach: { mode: 'webhook' } }, '1.36.3', /provision\.secretName: found nothing with attach\.mode webhook, wanted the name/],
    [{ attach: { mode: 'off', mirrors: true } }, '1.36.3', /attach\.mirrors: found it with attach\.mode off/],
  ] as const) {
    const { code, stderr } = await template(merged(base, values), { kubernetes })
    t.equal(code, 1)
    t.match(stderr, message)
  }
})
