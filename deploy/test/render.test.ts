import { readFile } from 'node:fs/promises'
import { base, chart, helm, merged, ofKind, podTemplates, render, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { variants } from './variants.ts'

const all = Object.entries(variants)

test('two renders are identical and contain neither a CA nor a key', async t => {
  for (const [name, values] of all) {
    const [once, again] = await Promise.all([template(values), template(values)])
    t.equal(once.code, 0, `${name}: ${once.stderr}`)
    t.equal(once.stdout, again.stdout, name)
    t.notMatch(once.stdout, /caBundle: |BEGIN |^kind: Secret$/m, name)
  }
})

test('`helm lint --strict` reports nothing', async t => {
  for (const [name, values] of [['no values', {}] as const, ...all]) {
    const { code, stdout, stderr } = await helm(['lint', '--strict', chart, '--kube-version', '1.36.3'], { values })
    t.equal(code, 0, `${name}: ${stdout}${stderr}`)
  }
})

test('each object is in a file that is named after its kind, and has a unique name', async t => {
  for (const [name, values] of all) {
    const { stdout } = await template(values)
    const found = [
      ...stdout.matchAll(
        /^# Source: \S+\/(\w+)\.yaml\n(?:#.*\n)*apiVersion: .*\nkind: (\w+)\nmetadata:\n(?: {2}#.*\n)? {2}name: (\S+)\n(?: {2}namespace: (\S+))?/gm,
      ),
    ]
    t.equal(found.length, [...stdout.matchAll(/^kind: /gm)].length, `${name}: every object was examined`)
    for (const [, file, kind = ''] of found) t.equal(file, kind.toLowerCase())
    t.equal(new Set(found.map(([, , kind, object, namespace]) => `${kind}/${namespace}/${object}`)).size, found.length, name)
  }
})

test('a Service selects only pods of the webhook', async t => {
  for (const [name, values] of all) {
    const objects = await render(values)
    const selectors = objects.flatMap(({ kind, spec }) => (kind === 'Service' ? [spec.selector] : []))
    t.equal(selectors.length, 1)
    for (const { from, metadata } of podTemplates(objects)) {
      for (const selector of selectors) {
        const selected = Object.entries(selector).every(([key, value]) => metadata.labels[key] === value)
        t.equal(selected, from === 'Deployment/ecr-anywhere-webhook', `${name}: ${from}`)
      }
    }
  }
})

test('every pod has the image pull secrets, placement, labels, annotations and environment variables of the values', async t => {
  const objects = await render(
    merged(variants.extras ?? {}, { imagePullSecrets: [{ name: 'mirror' }], secrets: [{ namespace: 'default', name: 'a' }] }),
  )
  for (const { from, metadata, spec } of podTemplates(objects)) {
    t.match(metadata, { labels: { team: 'platform' }, annotations: { 'sidecar.istio.io/inject': 'false' } }, from)
    t.match(
      spec,
      {
        imagePullSecrets: [{ name: 'mirror' }],
        tolerations: [{ key: 'infra' }],
        priorityClassName: 'system-cluster-critical',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
      },
      from,
    )
    t.match(spec.containers[0].env.at(-1), { name: 'HTTPS_PROXY' }, from)
  }
  t.equal(podTemplates(objects).length, 7)
  t.strictSame(
    objects.filter(({ metadata }) => metadata.labels?.team !== 'platform').map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    [],
    'commonLabels are on every object',
  )
})

test('every container runs without privileges, as any user ID', async t => {
  for (const [name, values] of all) {
    for (const { from, spec } of podTemplates(await render(values))) {
      t.match(spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, `${name}: ${from}`)
      t.notOk('runAsUser' in spec.securityContext || 'fsGroup' in spec.securityContext, 'OpenShift chooses the user')
      t.strictSame(spec.containers[0].securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  }
})

test('the webhook has no token for the API server and no right, except to read one ConfigMap as an aggregated API', async t => {
  for (const [name, values] of all) {
    const objects = await render(values)
    const webhook = podTemplates(objects).find(({ from }) => from === 'Deployment/ecr-anywhere-webhook')
    const isAggregated = ofKind(objects, 'APIService').length === 1
    t.equal(webhook?.spec.automountServiceAccountToken, isAggregated, name)
    const account = webhook?.spec.serviceAccountName
    const bindings = objects.filter(({ subjects = [] }) => subjects.some((subject: { name: string }) => subject.name === account))
    t.strictSame(
      bindings.map(({ kind, metadata, roleRef }) => [kind, metadata.namespace, roleRef.kind, roleRef.name]),
      isAggregated ? [['RoleBinding', 'kube-system', 'Role', 'ecr-anywhere-webhook']] : [],
      name,
    )
    const [role] = ofKind(objects, 'Role').filter(({ metadata }) => metadata.name === 'ecr-anywhere-webhook')
    const rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['extension-apiserver-authentication'], verbs: ['get'] }]
    t.strictSame(role?.rules, isAggregated ? rules : undefined, name)
  }
})

test('the termination grace period of the webhook is longer than its shutdown delay and shutdown grace together', async t => {
  for (const [shutdownDelay, shutdownGrace, seconds] of [
    ['10s', '15s', 35],
    ['1m', '1m30s', 160],
    ['0s', '5m', 310],
  ] as const) {
    const objects = await render(merged(base, { webhook: { shutdownDelay, shutdownGrace } }))
    t.equal(podTemplates(objects)[0]?.spec.terminationGracePeriodSeconds, seconds)
  }
})

test('rights are restricted by resource name wherever the name is known', async t => {
  const objects = await render(variants['Secrets and Roles only'] ?? {})
  const wide = ofKind(objects, 'ClusterRole', 'Role').flatMap(({ kind, metadata, rules }) =>
    rules
      .filter((rule: { resourceNames?: string[] }) => rule.resourceNames === undefined)
      .map((rule: { resources: string[]; verbs: string[] }) => `${kind} ${metadata.name}: ${rule.verbs} ${rule.resources}`),
  )
  t.strictSame([...new Set(wide)], ['Role ecr-anywhere-refresh: list,patch secrets', 'Role ecr-anywhere-refresh: create events'])
  const verbs = ofKind(await render(base), 'ClusterRole', 'Role').flatMap(({ rules }) =>
    rules.flatMap((rule: { verbs: string[] }) => rule.verbs),
  )
  t.strictSame([...new Set(verbs)].sort(), ['create', 'delete', 'get', 'list', 'patch'])
})

test('the refresher may list pods only with refresh.podEvents, in its scope', async t => {
  const list = { apiGroups: [''], resources: ['pods'], verbs: ['list'] }
  for (const [kind, more] of [
    ['ClusterRole', {}],
    ['Role', { refresh: { namespaces: ['team-a'] } }],
  ] as const) {
    const rulesOf = async (values: Values) =>
      ofKind(await render(merged(merged(base, more), values)), 'ClusterRole', 'Role')
        .filter(({ rules }) => rules.some(({ resources }: { resources: string[] }) => resources.includes('pods')))
        .map(({ kind, metadata, rules }) => ({ kind, name: metadata.name, pods: rules.at(-1) }))
    t.strictSame(await rulesOf({}), [])
    t.strictSame(await rulesOf({ refresh: { podEvents: true } }), [{ kind, name: 'ecr-anywhere-refresh', pods: list }])
  }
})

test('Kubernetes before 1.30 is rejected, and the message contains the found and the expected version', async t => {
  const { code, stderr } = await template(base, { kubernetes: '1.29.15' })
  t.equal(code, 1)
  t.match(stderr, '>=1.30.0-0')
  t.match(stderr, 'v1.29.15')
})

test('every variant that does not require tickets can be rendered for every version of Kubernetes', async t => {
  for (const kubernetes of ['1.30.0', '1.35.4-gke.100', '1.36.0-rc.1', '1.36.2-eks-1a2b3c', '1.40.0'])
    for (const [name, values] of all.filter(([name]) => name !== 'policy'))
      t.equal((await template(values, { kubernetes })).code, 0, `${name} on ${kubernetes}`)
})

test('below 1.36 no MutatingAdmissionPolicy is rendered', async t => {
  for (const name of ['least', 'mtls', 'pods, with mirrors']) {
    const objects = await render(variants[name] ?? {}, '1.35.9')
    t.strictSame(ofKind(objects, 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'), [], name)
    t.equal(ofKind(objects, 'ValidatingAdmissionPolicy').length, 6)
  }
})

test('the variants for web identity and for the values of the original chart set the variables that the AWS SDK reads', async t => {
  const [webIdentity] = podTemplates(await render(variants['web identity'] ?? {}))
  t.match(webIdentity?.spec.volumes.at(-1), { projected: { sources: [{ serviceAccountToken: { audience: 'sts.amazonaws.com' } }] } })
  const mountPath = webIdentity?.spec.containers[0].volumeMounts.at(-1).mountPath
  t.equal(variable(webIdentity, 'AWS_WEB_IDENTITY_TOKEN_FILE'), `${mountPath}/token`)
  const [original] = podTemplates(await render(variants["the original's values"] ?? {}))
  t.strictSame(
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ROLE_ARN', 'AWS_REGION'].map(name => variable(original, name)),
    ['EXAMPLE', 'EXAMPLE', 'arn:aws:iam::111122223333:role/pull', 'us-east-1'],
  )
})

test('the chart has the version of the product', async t => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  const { stdout } = await helm(['show', 'chart', chart])
  t.match(stdout, `appVersion: ${version}\n`)
})

function variable(pod: { spec: Values } | undefined, name: string): string | undefined {
  const [container] = (pod?.spec.containers ?? []) as { env: { name: string; value: string }[] }[]
  return container?.env.find(entry => entry.name === name)?.value
}
