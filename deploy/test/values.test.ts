import { readdir, readFile } from 'node:fs/promises'
import { chartDir, readSchema, type Schema, valuesFile, valuesOf, valuesTable } from '@ecr-anywhere/scripts/docs/chart-values.ts'
import { withSection } from '@ecr-anywhere/scripts/docs/section.ts'
import { base, merged, nested, podTemplates, releaseNamespace, render, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { variants } from './variants.ts'

const schema = await readSchema()
const roleArn = 'arn:aws:iam::111122223333:role/pull'
const secret = { namespace: 'default', name: 'ecr-pull' }

/** What must stand beside a value for it to mean anything, by the beginning of its path. */
const beside: Record<string, Values> = {
  'aws.webIdentity': { aws: { roleArn, webIdentity: { enabled: true } } },
  'aws.existingSecret': { aws: { existingSecret: { name: 'keys' } } },
  'tls.mode': variants['cert-manager'] ?? {},
  'tls.certManager': variants['cert-manager'] ?? {},
  'tls.existingSecret': variants['own certificate'] ?? {},
  'attestation.mtls': variants.mtls ?? {},
  'attestation.networkPolicy': variants['network policy'] ?? {},
  'jobs.resources': { secrets: [secret] },
  'networkPolicy.metricsFrom': { networkPolicy: { enabled: true } },
  'networkPolicy.egress': { networkPolicy: { egress: { enabled: true } } },
  'monitoring.serviceMonitor': { monitoring: { serviceMonitor: { enabled: true } } },
  'monitoring.prometheusRule.clusterLabel': { clusterName: 'prod-eu', monitoring: { prometheusRule: { enabled: true } } },
  'monitoring.prometheusRule': { monitoring: { prometheusRule: { enabled: true } } },
  'webhook.hostNetwork': { webhook: { port: 8443 } },
  'webhook.serviceAccount.create': { webhook: { serviceAccount: { name: 'pull' } } },
}

test('values.yaml and the README are what the schema says (else: npm run docs)', async t => {
  t.equal(await readFile(new URL('values.yaml', chartDir), 'utf8'), valuesFile(schema))
  const readme = await readFile(new URL('README.md', chartDir), 'utf8')
  t.equal(readme, withSection(readme, 'values', valuesTable(schema)))
})

test('every value is described, and has an effect', async t => {
  for (const value of valuesOf(schema)) {
    const path = value.path.join('.')
    t.match(value.description, /^[`A-Za-z].*\.$/, `${path} is described in a sentence`)
    const [example] = value.examples ?? []
    const [, needed = {}] = Object.entries(beside).find(([start]) => path.startsWith(start)) ?? []
    const given = merged(base, needed)
    const { code, stdout, stderr } = await template(merged(given, nested(value.path, example)))
    t.equal(code, 0, `${path}: ${stderr}`)
    // Where the value is what the others need, the chart refuses its default: an effect, too.
    const without = valueAt(given, value.path) === undefined ? given : merged(given, nested(value.path, value.default))
    t.not(stdout, await textOf(without), `${path} has an effect`)
  }
})

test('every choice of a value with choices has an effect of its own', async t => {
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

test('an unknown key is refused at every level, by its name', async t => {
  const groups = ['', ...groupsOf(schema)]
  const everywhere = groups.map(path => nested([...path.split('.').filter(Boolean), 'unheardOf'], 1)).reduce(merged, base)
  const { code, stderr } = await template(everywhere)
  t.equal(code, 1)
  for (const path of groups)
    t.match(stderr, `at '${path && `/${path.replaceAll('.', '/')}`}': additional properties 'unheardOf' not allowed`)
})

test('a value of the wrong shape is refused by its name', async t => {
  const wrong: [path: string, value: unknown][] = [
    ['aws.region', 'us-east-1a'],
    ['aws.roleArn', 'pull'],
    ['aws.webIdentity.audience', 'https://kubernetes.default.svc'],
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
    ['monitoring.prometheusRule.clusterLabel', 'severity'],
    ['monitoring.prometheusRule.additionalRuleLabels', { 'my-team': 'platform' }],
    ['extraVolumes', [{ emptyDir: {} }]],
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

test('values that contradict each other are refused with a sentence, all of them at once', async t => {
  const keys = { name: 'AWS_ACCESS_KEY_ID', value: 'EXAMPLE' }
  const refused: [values: Values, ...sentences: RegExp[]][] = [
    [{ aws: { region: '' } }, /aws\.region: found nothing, wanted the region/],
    [{ aws: { webIdentity: { enabled: true } } }, /aws\.webIdentity\.enabled: found no aws\.roleArn/],
    [{ aws: { roleArn, webIdentity: { enabled: true } }, env: [keys] }, /aws\.webIdentity\.enabled: found static keys/],
    [{ aws: { existingSecret: { sessionTokenKey: 'a' } } }, /aws\.existingSecret\.name: found nothing/],
    [{ env: [{ name: 'AWS_REGION', value: 'eu-west-1' }] }, /env.*: found AWS_REGION, which the chart sets/],
    [{ extraEnv: [{ name: 'NAMESPACES', value: 'a' }], refresh: { namespaces: ['a'] } }, /found NAMESPACES, which the chart sets/],
    [{ env: [keys], extraEnv: [keys] }, /found AWS_ACCESS_KEY_ID more than once/],
    [{ env: [keys], pod: { container: { env: [{ name: 'A', value: 'b' }] } } }, /pod\.container\.env: found it together with env/],
    [{ tenants: [{ name: 'a' }, { name: 'a' }] }, /tenants: found two named a/],
    [{ tenants: [{ name: 'enabled' }] }, /tenants: found one named enabled/],
    [{ tenants: [{ name: 'a', externalId: 'xx' }] }, /found externalId without roleArn on a/],
    [{ tokenMaxAge: '5h', refresh: { before: '6h' } }, /tokenMaxAge and refresh\.before: found 5h and 6h/],
    [{ tokenMaxAge: '30m', refresh: { before: '10h30m' } }, /tokenMaxAge and refresh\.before/],
    [
      { webhook: { shutdownDelay: '6m', shutdownGrace: '0s' } },
      /webhook\.shutdownDelay: found 6m, wanted 0s to 5m/,
      /webhook\.shutdownGrace: found 0s/,
    ],
    [{ certs: { propagate: '25h', reload: '0s' } }, /certs\.propagate: found 25h, wanted 1s to 24h/, /certs\.reload: found 0s/],
    [{ check: { timeout: '11m' }, tokenMaxAge: '0s' }, /check\.timeout: found 11m, wanted 1s to 10m/, /tokenMaxAge: found 0s/],
    [
      { image: { repository: '' } },
      /image\.repository: found nothing, because no release has set it.*; wanted an image, so install the chart that `make release REG/,
    ],
    [{ secrets: [secret, secret] }, /secrets: found default\/ecr-pull twice/],
    [{ secrets: [{ ...secret, kind: 'basic-auth' }] }, /secrets: found 0 registries on default\/ecr-pull, wanted one/],
    [{ secrets: [{ ...secret, kind: 'argocd-repository' }] }, /secrets: found default\/ecr-pull without url/],
    [{ secrets: [{ ...secret, url: 'oci://public.ecr.aws/a' }] }, /secrets: found url on default\/ecr-pull, which is dockerconfigjson/],
    [
      { secrets: [{ ...secret, kind: 'argocd-repository', url: 'oci://user:hunter2@public.ecr.aws/a' }] },
      /secrets: found url on default\/ecr-pull with an @, wanted a URL without user and password/,
    ],
    [
      { secrets: [{ ...secret, registries: ['public.ecr.aws', 'https://user:hunter2@public.ecr.aws'] }] },
      /secrets: found in registries of default\/ecr-pull a value that is not a host/,
    ],
    [{ secrets: [secret], refresh: { namespaces: ['kube-public'] } }, /refresh\.namespaces lacks default/],
    [
      { secrets: [{ namespace: releaseNamespace, name: 'mirror' }], imagePullSecrets: [{ name: 'other' }, { name: 'mirror' }] },
      /imagePullSecrets: found mirror, which secrets lists in this release's namespace\. .* could pull its image .*; wanted a Secret that/,
    ],
    [{ tls: { mode: 'certManager' } }, /tls\.certManager\.issuer\.name: found nothing/],
    [{ tls: { certManager: { issuer: { name: 'a' } } } }, /tls\.certManager\.issuer\.name: found it with tls\.mode self/],
    [{ tls: { mode: 'existingSecret' } }, /tls\.existingSecret: found nothing/],
    [{ tls: { existingSecret: 'a' } }, /tls\.existingSecret: found it with tls\.mode self/],
    [{ attestation: { mode: 'mtls' } }, /attestation\.mtls: found no clientCaConfigMap/],
    [{ attestation: { mtls: { clientNames: ['a'] } } }, /attestation\.mtls: found it with attestation\.mode auto/],
    [{ attestation: { mode: 'networkPolicy' } }, /attestation\.networkPolicy: found neither apiServerCidrs nor from/],
    [
      { attestation: { networkPolicy: { apiServerCidrs: ['192.0.2.1/32'] } } },
      /networkPolicy: found addresses or peers with attestation\.mode auto/,
    ],
    [{ webhook: { port: 9090 } }, /webhook\.port and webhook\.metricsPort: found 9090 twice/],
    [{ webhook: { hostNetwork: true }, networkPolicy: { enabled: true } }, /webhook\.hostNetwork: found it with a NetworkPolicy/],
    [{ webhook: { hostNetwork: true } }, /webhook\.port: found 10250 with webhook\.hostNetwork, which is the port of kubelet/],
    [{ networkPolicy: { metricsFrom: [{ podSelector: {} }] } }, /networkPolicy\.metricsFrom: found it without networkPolicy\.enabled/],
    [
      { webhook: { hostNetwork: true, port: 8443 }, networkPolicy: { egress: { enabled: true } } },
      /webhook\.hostNetwork: found it with a NetworkPolicy \(.*networkPolicy\.egress\.enabled/,
    ],
    [
      { networkPolicy: { egress: { aws: { to: [{ podSelector: {} }] } } } },
      /networkPolicy\.egress: found peers or a proxy without networkPolicy\.egress\.enabled/,
    ],
    [
      { networkPolicy: { egress: { enabled: true } }, extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }] },
      /networkPolicy\.egress\.proxy: found HTTPS_PROXY .* neither networkPolicy\.egress\.proxy\.to nor networkPolicy\.egress\.proxy\.ports/,
    ],
    [{ commonLabels: { 'app.kubernetes.io/component': 'mine' } }, /commonLabels: found app\.kubernetes\.io\/component/],
    [{ webhook: { serviceAccount: { create: false } } }, /webhook\.serviceAccount\.name: found nothing/],
    [
      { webhook: { serviceAccount: { create: false, name: 'a', annotations: { b: 'c' } } } },
      /webhook\.serviceAccount\.annotations: found some/,
    ],
    [{ aws: { region: '' }, tls: { mode: 'certManager' }, webhook: { port: 9090 } }, /aws\.region/, /tls\.certManager/, /webhook\.port/],
  ]
  for (const [values, ...sentences] of refused) {
    const { code, stderr } = await template(merged(base, values))
    t.equal(code, 1, String(sentences[0]))
    t.notMatch(stderr, /hunter2/, 'no password is quoted')
    for (const sentence of sentences) t.match(stderr, sentence)
  }
})

test('a pull secret of that name in another namespace is somebody else’s', async t => {
  const values = { secrets: [{ namespace: 'default', name: 'mirror' }], imagePullSecrets: [{ name: 'mirror' }] }
  t.equal((await template(merged(base, values))).code, 0)
})

test('any of the ways to name a region will do', async t => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'])
    for (const values of [{ env: [{ name, value: 'eu-west-1' }] }, { extraEnv: [{ name, value: 'eu-west-1' }] }])
      t.equal((await template(values)).code, 0, JSON.stringify(values))
})

test('the chart can be a part of another one', async t => {
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

test('the image is named as a whole by its repository, or by registry and repository, and a digest pins it', async t => {
  const digest = `sha256:${'0'.repeat(64)}`
  const named = [
    [{ registry: '', repository: 'a.example:5000/b/c' }, 'a.example:5000/b/c:0.1.0'],
    [{ registry: 'a.example', repository: 'b/c', tag: '9', digest }, `a.example/b/c:9@${digest}`],
  ] as const
  for (const [image, name] of named)
    for (const { from, spec } of podTemplates(await render({ ...base, image }))) t.equal(spec.containers[0].image, name, from)
})

test('the pods of the webhook resolve names as their network needs it, unless a policy is set', async t => {
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

/** What some values render, once for each. */
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
