import { base, merged, ofKind, podTemplates, type Rendered, render, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'

const dns = { ports: [port(53, 'UDP'), port(53)] }
const apiServer = { ports: [port(443), port(6443)] }
const aws = { ports: [port(443)] }
const roleArn = 'arn:aws:iam::111122223333:role/pull'
/** An identity that does not come from a metadata server. */
const webIdentity = { aws: { roleArn, webIdentity: { enabled: true } } }

test('by default no NetworkPolicy restricts egress', async t => {
  for (const values of [{}, { networkPolicy: { enabled: true } }])
    for (const { spec } of ofKind(await render(merged(base, values)), 'NetworkPolicy')) t.strictSame(spec.policyTypes, ['Ingress'])
})

test('Jobs may reach DNS and the API server, and the webhook may also reach AWS, each at any address', async t => {
  const { jobs, webhook } = await egressOf(webIdentity)
  t.strictSame(jobs, [dns, apiServer])
  t.strictSame(webhook, [dns, apiServer, aws])
})

test('egress can be restricted with or without ingress', async t => {
  const typesOf = async (enabled: boolean) =>
    ofKind(await render(merged(base, { networkPolicy: { enabled, egress: { enabled: true } } })), 'NetworkPolicy')
      .map(({ metadata, spec }) => `${metadata.name} ${spec.policyTypes}`)
      .sort()
  const egress = ['ecr-anywhere-jobs-egress Egress', 'ecr-anywhere-webhook-egress Egress']
  t.strictSame(await typesOf(false), egress)
  t.strictSame(await typesOf(true), ['ecr-anywhere-jobs Ingress', 'ecr-anywhere-webhook Ingress', ...egress].sort())
})

test('each pod is selected by exactly one of the two policies', async t => {
  const objects = await render(
    merged(base, { secrets: [{ namespace: 'default', name: 'a' }], networkPolicy: { enabled: false, egress: { enabled: true } } }),
  )
  const policies = ofKind(objects, 'NetworkPolicy')
  for (const { from, metadata } of podTemplates(objects))
    t.strictSame(
      policies.filter(policy => selects(policy, metadata.labels)).map(policy => policy.metadata.name),
      [from.startsWith('Deployment') ? 'ecr-anywhere-webhook-egress' : 'ecr-anywhere-jobs-egress'],
      from,
    )
})

test('peers and ports come from the values', async t => {
  const given = (name: string) => ({ to: [block(`192.0.2.${name.length}/32`)], ports: [{ ...port(1000 + name.length), endPort: 2000 }] })
  const egress = { dns: given('dns'), apiServer: given('apiServer'), aws: given('aws') }
  const { jobs, webhook } = await egressOf(merged(webIdentity, { networkPolicy: { egress } }))
  t.strictSame(jobs, [egress.dns, egress.apiServer])
  t.strictSame(webhook, [egress.dns, egress.apiServer, egress.aws])
})

test('with a proxy, the webhook may reach the proxy, and AWS only at addresses in the values', async t => {
  const to = [block('192.0.2.20/32')]
  const ports = [port(3128)]
  for (const proxy of [{ to, ports }, { to }, { ports }]) {
    const { jobs, webhook } = await egressOf(merged(webIdentity, { networkPolicy: { egress: { proxy } } }))
    t.strictSame(webhook, [dns, apiServer, proxy])
    t.strictSame(jobs, [dns, apiServer])
  }
  const both = await egressOf(merged(webIdentity, { networkPolicy: { egress: { proxy: { to, ports }, aws: { to } } } }))
  t.strictSame(both.webhook, [dns, apiServer, { to, ports }, { ...aws, to }])
})

test('the webhook may reach the metadata servers only if its identity may come from one, and Jobs never may', async t => {
  const fromThere: [why: string, values: Values][] = [
    ['no other source of an identity is set', {}],
    ['the role is assumed from the identity of the node', { aws: { roleArn } }],
    ['the identity token comes from Google', { aws: { roleArn }, env: [{ name: 'AWS_AUDIENCE', value: 'sts.amazonaws.com' }] }],
    ['a tenant has a profile, which may use a metadata server', { ...webIdentity, tenants: [{ name: 'a', profile: 'node' }] }],
  ]
  for (const [why, values] of fromThere) {
    const { jobs, webhook } = await egressOf(values)
    const { to, ports } = webhook.at(-1) as { to: { ipBlock: { cidr: string } }[]; ports: unknown }
    const addresses = to.map(({ ipBlock }) => ipBlock.cidr)
    t.ok(
      ['169.254.169.254/32', 'fd00:ec2::254/128', '169.254.169.252/32', '169.254.170.23/32'].every(one => addresses.includes(one)),
      why,
    )
    t.strictSame(ports, [port(80), port(988)], why)
    t.strictSame(jobs, [dns, apiServer], why)
  }
  const fromElsewhere: [why: string, values: Values][] = [
    ['a web identity', webIdentity],
    ['static keys', { aws: { existingSecret: { name: 'keys' } } }],
    ['keys in variables', { pod: { container: { env: [{ name: 'AWS_ACCESS_KEY_ID', value: 'EXAMPLE' }] } } }],
    ['a token file', { extraEnv: [{ name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/token' }] }],
    ['a role for the service account', { webhook: { serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': roleArn } } } }],
  ]
  for (const [why, values] of fromElsewhere) t.strictSame((await egressOf(values)).webhook, [dns, apiServer, aws], why)
})

test('rules of the wrong shape are rejected, and the message names them', async t => {
  const wrong = {
    dns: { to: [{}], ports: [] },
    apiServer: { to: ['192.0.2.1/32'], ports: [{ port: 0 }] },
    aws: { to: [{ cidr: '192.0.2.1/32' }], ports: [443] },
    proxy: { to: {}, ports: [{ protocol: 'HTTP', port: 3128 }] },
  }
  const { code, stderr } = await template(merged(base, { networkPolicy: { egress: { enabled: 'yes', ...wrong } } }))
  t.equal(code, 1)
  t.match(stderr, "at '/networkPolicy/egress/enabled'")
  for (const name of Object.keys(wrong)) for (const key of ['to', 'ports']) t.match(stderr, `at '/networkPolicy/egress/${name}/${key}`)
})

/** The egress rules of the two policies, where egress is restricted. */
async function egressOf(values: Values): Promise<{ jobs: Values[]; webhook: Values[] }> {
  const policies = ofKind(await render(merged(merged(base, { networkPolicy: { egress: { enabled: true } } }), values)), 'NetworkPolicy')
  const [jobs, webhook] = ['jobs', 'webhook'].map(
    part => policies.find(({ metadata }) => metadata.name === `ecr-anywhere-${part}-egress`)?.spec.egress ?? [],
  )
  return { jobs, webhook }
}

function selects({ spec }: Rendered, labels: Record<string, string>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = spec.podSelector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }: { key: string; values: string[] }) => values.includes(labels[key] ?? ''))
  )
}

function port(port: number, protocol = 'TCP') {
  return { protocol, port }
}

function block(cidr: string) {
  return { ipBlock: { cidr } }
}
