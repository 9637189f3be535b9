import { readdir, readFile } from 'node:fs/promises'
import { chartDir, readSchema, type Schema, valuesFile, valuesOf, valuesTable } from '@ecr-anywhere/scripts/docs/chart-values.ts'
import { withSection } from '@ecr-anywhere/scripts/docs/section.ts'
import { base, merged, nested, podTemplates, releaseNamespace, render, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { variants } from './variants.ts'

const schema = await readSchema()
const roleArn = 'arn:aws:iam::111122223333:role/pull'
const secret = { namespace: 'default', name: 'ecr-pull' }

const gcpSync = { enabled: true, projectId: 'a-project', location: 'us', repositoryName: 'a', secretName: 'a', aws: { roleArn } }

/** By the beginning of a value's path: the other values that it needs to have an effect. */
const beside: Record<string, Values> = {
  'aws.webIdentity': { aws: { roleArn, webIdentity: { enabled: true } } },
  'aws.existingSecret': { aws: { existingSecret: { name: 'keys' } } },
  'tls.mode': variants['cert-manager'] ?? {},
  'tls.certManager': variants['cert-manager'] ?? {},
  'tls.existingSecret': variants['own certificate'] ?? {},
  'attestation.mtls': variants.mtls ?? {},
  'attestation.networkPolicy': variants['network policy'] ?? {},
  attach: { provision: { secretName: 'ecr-anywhere-pull' } },
  'jobs.resources': { secrets: [secret] },
  'gcpSync.targets': { gcpSync: { ...gcpSync, repositoryName: '' } },
  gcpSync: { gcpSync },
  provision: { provision: { enabled: true } },
  'networkPolicy.egress': { networkPolicy: { egress: { enabled: true } } },
  'monitoring.serviceMonitor': { networkPolicy: { enabled: false }, monitoring: { serviceMonitor: { enabled: true } } },
  'monitoring.dashboard': { monitoring: { dashboard: { enabled: true } } },
  alerts: { monitoring: { prometheusRule: { enabled: true } } },
  'monitoring.prometheusRule.clusterLabel': { clusterName: 'prod-eu', monitoring: { prometheusRule: { enabled: true } } },
  'monitoring.prometheusRule': { monitoring: { prometheusRule: { enabled: true } } },
  'webhook.hostNetwork': { webhook: { port: 8443 } },
  'webhook.serviceAccount.create': { webhook: { serviceAccount: { name: 'pull' } } },
}

test('values.yaml and the README agree with the schema (if not, run `npm run docs`)', async t => {
  t.equal(await readFile(new URL('values.yaml', chartDir), 'utf8'), valuesFile(schema))
  const readme = await readFile(new URL('README.md', chartDir), 'utf8')
  t.equal(readme, withSection(readme, 'values', valuesTable(schema)))
})

test('every value is described, and has an effect', async t => {
  for (const value of valuesOf(schema)) {
    const path = value.path.join('.')
    t.match(value.description, /^[`A-Za-z].*\.$/, `the description of ${path} is a sentence`)
    const [example] = value.examples ?? []
    const [, needed = {}] = Object.entries(beside).find(([start]) => path.startsWith(start)) ?? []
    const given = merged(base, needed)
    const { code, stdout, stderr } = await template(merged(given, nested(value.path, example)))
    t.equal(code, 0, `${path}: ${stderr}`)
    // If the other values require this value, the chart rejects its default. That is an effect, too.
    const without = valueAt(given, value.path) === undefined ? given : merged(given, nested(value.path, value.default))
    t.not(stdout, await textOf(without), `${path} has an effect`)
  }
})

test('every choice of an enumerated value has a different effect', async t => {
  for (const { path, enum: choices = [] } of valuesOf(schema)) {
    const renders = await Promise.all(
      choices.map(choice => {
        const fits = Object.values(variants).find(values => valueAt(values, path) === choice) ?? base
        return template(merged(fits, nested(path, choice)))
      }),
    )
    for (const { code, stderr } of renders) t.equal(code, 0, stderr)
    t.equal(new Set(renders.map(({ stdout }) => stdout)).size, choices.length, path.join('.'))
  }
})

test('every value that a template reads is in the schema', async t => {
  const known = new Set(valuesOf(schema).flatMap(({ path }) => path.map((_, at) => path.slice(0, at + 1).join('.'))))
  const templates = new URL('templates/', chartDir)
  const names = (await readdir(templates, { recursive: true })).filter(name => /\.(yaml|tpl|txt)$/.test(name))
  for (const name of names) {
    const text = await readFile(new URL(name, templates), 'utf8')
    for (const [, from, path] of text.matchAll(/(\.Values|\$v|\$webhook)\.([\w.]+)/g))
      t.ok(known.has(from === '$webhook' ? `webhook.${path}` : `${path}`), `${name}: ${from}.${path}`)
  }
  t.ok(names.length > 30)
})

test('an unknown key is rejected at every level, and the message names it', async t => {
  const groups = ['', ...groupsOf(schema)]
  const everywhere = groups.map(path => nested([...path.split('.').filter(Boolean), 'unheardOf'], 1)).reduce(merged, base)
  const { code, stderr } = await template(everywhere)
  t.equal(code, 1)
  for (const path of groups)
    t.match(stderr, `at '${path && `/${path.replaceAll('.', '/')}`}': additional properties 'unheardOf' not allowed`)
})

test('a value of the wrong shape is rejected, and the message names it', async t => {
  const wrong: [path: string, value: unknown][] = [
    ['aws.region', 'us-east-1a'],
    ['aws.roleArn', 'pull'],
    ['aws.webIdentity.audience', 'https://kubernetes.default.svc'],
    ['global.imageRegistry', 'https://mirror.example'],
    ['image.registry', 'mirror.example/'],
    ['image.repository', 'mirror.example/ecr-anywhere:1.2.3'],
    ['image.tag', 'v1@latest'],
    ['image.digest', 'latest'],
    ['clusterName', 'my cluster'],
    ['tokenMaxAge', '1 hour'],
    ['webhook.replicas', 0],
    ['webhook.port', 443],
    ['webhook.timeoutSeconds', 31],
    ['refresh.schedule', 'hourly'],
    ['refresh.concurrency', 1000],
    ['tls.mode', 'vault'],
    ['attestation.mode', 'off'],
    ['attach.mode', 'always'],
    ['provision.secretName', 'Pull_Secret'],
    ['attestation.networkPolicy.apiServerCidrs', ['192.0.2.10']],
    [
      'tenants',
      [
        { name: 'Team A' },
        { name: 'a', rolearn: roleArn },
        { name: 'a', registries: ['https://public.ecr.aws'] },
        { name: 'b', namespaces: ['Team.*'] },
        { name: 'c', namespaces: [] },
      ],
    ],
    ['secrets', [{ namespace: 'default', name: 'a', kind: 'Opaque' }]],
    ['env', [{ name: 'A', value: 1 }]],
    ['alerts.runbookUrl', 'runbook.md#here'],
    ['monitoring.prometheusRule.clusterLabel', 'severity'],
    ['monitoring.prometheusRule.additionalRuleLabels', { 'my-team': 'platform' }],
    ['extraVolumes', [{ emptyDir: {} }]],
    ['extraObjects', [{ kind: 'ConfigMap' }]],
  ]
  const { code, stderr } = await template(wrong.map(([path, value]) => nested(path.split('.'), value)).reduce(merged, base))
  t.equal(code, 1)
  for (const [path] of wrong) t.match(stderr, `at '/${path.replaceAll('.', '/')}`, path)
  for (const path of [
    'tenants/0/name',
    "tenants/1': additional properties 'rolearn'",
    'tenants/2/registries/0',
    'tenants/3/namespaces/0',
    'tenants/4/namespaces',
  ])
    t.match(stderr, path)
})

test('the chart can be a subchart', async t => {
  const values = {
    ...base,
    imagePullSecrets: [{ name: 'own' }],
    global: { imageRegistry: 'mirror.example', imagePullSecrets: ['mirror', { name: 'own' }], more: 1 },
  }
  for (const { from, spec } of podTemplates(await render(values))) {
    t.match(spec.containers[0].image, /^mirror\.example\/ecr-anywhere:/, from)
    t.strictSame(spec.imagePullSecrets, [{ name: 'own' }, { name: 'mirror' }], from)
  }
  const own = { secrets: [{ namespace: releaseNamespace, name: 'mirror' }] }
  t.match((await template({ ...values, ...own })).stderr, /imagePullSecrets: found mirror, which secrets lists/)
})

test('the image can be named by its repository alone or by registry and repository, and a digest can pin it', async t => {
  const digest = `sha256:${'0'.repeat(64)}`
  const named = [
    [{ registry: '', repository: 'a.example:5000/b/c' }, 'a.example:5000/b/c:0.1.0'],
    [{ registry: 'a.example', repository: 'b/c', tag: '9', digest }, `a.example/b/c:9@${digest}`],
  ] as const
  for (const [image, name] of named)
    for (const { from, spec } of podTemplates(await render({ ...base, image }))) t.equal(spec.containers[0].image, name, from)
})

test('the DNS policy of webhook pods fits their network, unless the values set one', async t => {
  const policyOf = async (values: Values) => {
    const found = podTemplates(await render(merged(base, values)))
    return [...new Set(found.map(({ from, spec }) => `${from.split('/')[0]} ${spec.dnsPolicy}`))].sort()
  }
  const hostNetwork = { webhook: { hostNetwork: true, port: 8443 } }
  t.strictSame(await policyOf({}), ['CronJob undefined', 'Deployment undefined', 'Job undefined'])
  t.strictSame(await policyOf(hostNetwork), ['CronJob undefined', 'Deployment ClusterFirstWithHostNet', 'Job undefined'])
  t.strictSame(await policyOf({ ...hostNetwork, dnsPolicy: 'Default' }), ['CronJob Default', 'Deployment Default', 'Job Default'])
})

const texts = new Map<string, Promise<string>>()

/** Renders values, once for each set. */
function textOf(values: Values): Promise<string> {
  const id = JSON.stringify(values)
  const text = texts.get(id) ?? template(values).then(({ stdout }) => stdout)
  texts.set(id, text)
  return text
}

function groupsOf({ properties = {} }: Schema, path: string[] = []): string[] {
  return Object.entries(properties).flatMap(([key, value]) =>
    'default' in value || key === 'global' ? [] : [[...path, key].join('.'), ...groupsOf(value, [...path, key])],
  )
}

function valueAt(values: Values, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Values | undefined)?.[key], values)
}
