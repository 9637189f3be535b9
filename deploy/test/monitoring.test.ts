import { readFile } from 'node:fs/promises'
import { dashboardFile } from '@ecr-anywhere/scripts/monitoring/dashboard-file.ts'
import { rulesFile } from '@ecr-anywhere/scripts/monitoring/rules-file.ts'
import { base, merged, ofKind, podTemplates, type Rendered, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { parse } from 'yaml'

interface Rule {
  alert: string
  expr: string
  labels: Record<string, string>
  annotations: { summary: string; description: string; runbook_url: string }
}

const fileOf = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const rulesOf = ({ groups }: { groups: { rules: Rule[] }[] }) => groups.flatMap(({ rules }) => rules)

async function chartRules(values: Values = {}): Promise<Rule[]> {
  const objects = await render(merged(merged(base, { monitoring: { prometheusRule: { enabled: true } } }), values))
  return ofKind(objects, 'PrometheusRule').flatMap(({ spec }) => rulesOf(spec as never))
}

test('the rules file and the dashboard are what the chart has (else: npm run docs)', async t => {
  const rules = await fileOf('deploy/monitoring/rules.yaml')
  t.equal(rules, await rulesFile())
  t.strictSame(
    rulesOf(parse(rules)).filter(({ alert }) => alert !== 'ECRAnywhereGcpSyncFailed'),
    await chartRules({ provision: { enabled: true } }),
  )
  for (const path of ['deploy/monitoring/dashboard.json', 'deploy/chart/files/dashboard.json'])
    t.equal(await fileOf(path), dashboardFile(), path)
})

test('every alert has a summary, a description, and a section of the runbook that exists', async t => {
  const runbook = await fileOf('docs/runbook.md')
  const rules = rulesOf(parse(await fileOf('deploy/monitoring/rules.yaml')))
  const sections = runbook.split(/^## /m).filter(section => section.startsWith('ECRAnywhere'))
  t.strictSame(sections.map(section => section.split('\n')[0]).sort(), rules.map(({ alert }) => alert).sort())
  for (const section of sections) t.match(section, /\*\*Meaning\.\*\*.*\*\*Confirm\.\*\*.*\*\*Fix\.\*\*/s, section.split('\n')[0] ?? '')
  for (const { alert, annotations } of rules) {
    t.equal(annotations.runbook_url, `https://github.com/CentML/ecr-anywhere/blob/main/docs/runbook.md#${alert.toLowerCase()}`)
    for (const text of [annotations.summary, annotations.description]) t.match(text, /\S{3,}/, alert)
  }
  for (const { alert, annotations } of await chartRules({ alerts: { runbookUrl: 'https://wiki.example/ecr' } }))
    t.equal(annotations.runbook_url, `https://wiki.example/ecr#${alert.toLowerCase()}`)
})

test('links within the runbook, and from it, lead somewhere', async t => {
  const runbook = await fileOf('docs/runbook.md')
  const headings = [...runbook.matchAll(/^###? (.+)$/gm)].map(([, name = '']) => name.toLowerCase().replaceAll(' ', '-'))
  for (const [, anchor = ''] of runbook.matchAll(/\]\(#([\w-]+)\)/g)) t.ok(headings.includes(anchor), anchor)
  for (const [, path = ''] of runbook.matchAll(/\]\(([^)#]+\.md)/g))
    await t.resolves(readFile(new URL(path, new URL('../../docs/', import.meta.url))))
})

test('every alert keeps the label of the cluster, by the name that the values give', async t => {
  for (const [clusterLabel, by] of [
    ['cluster', 'cluster, namespace'],
    ['k8s', 'k8s, namespace'],
    ['', 'namespace'],
  ] as const) {
    for (const { alert, expr } of await chartRules({ monitoring: { prometheusRule: { clusterLabel } } })) {
      const aggregations = [...expr.matchAll(/\bby \(([^)]*)\)/g)].map(([, labels = '']) => labels)
      t.ok(aggregations.length > 0, alert)
      for (const labels of aggregations) t.ok(labels === by || labels.startsWith(`${by}, `), `${alert}: by (${labels})`)
    }
  }
})

test('alerts of optional parts are there only if the part is', async t => {
  const names = async (values: Values) => (await chartRules(values)).map(({ alert }) => alert)
  t.notOk((await names({})).includes('ECRAnywhereGcpSyncFailed'))
  t.ok((await names({})).includes('ECRAnywhereCertsFailed'))
  const withoutCerts = { tls: { mode: 'certManager', certManager: { issuer: { name: 'a' } } }, attestation: { mode: 'none' } }
  t.notOk((await names(withoutCerts)).includes('ECRAnywhereCertsFailed'))
})

test('the alert on a stale refresh waits as long as the values say', async t => {
  const rules = await chartRules({ alerts: { staleAfter: '1h30m' } })
  const stale = rules.find(({ alert }) => alert === 'ECRAnywhereRefreshStale')
  t.equal([...(stale?.expr.matchAll(/> 5400\b/g) ?? [])].length, 2)
  t.match(stale?.annotations.summary, 'more than 1h30m')
})

test('the dashboard is a ConfigMap that the sidecar of Grafana finds', async t => {
  const dashboard = { enabled: true, annotations: { grafana_folder: 'Platform' } }
  const objects = await render(merged(base, { monitoring: { dashboard } }))
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'ecr-anywhere-dashboard')
  t.match(found?.metadata, { labels: { grafana_dashboard: '1' }, annotations: { grafana_folder: 'Platform' } })
  t.strictSame(JSON.parse(found?.data['ecr-anywhere.json']), JSON.parse(dashboardFile()))
})

test('the webhook mounts what refresh recorded, if it is there, and the chart never writes it', async t => {
  const objects = await render(base)
  const [webhook] = podTemplates(objects).filter(({ from }) => from.startsWith('Deployment'))
  t.match(webhook?.spec.volumes, [{}, {}, { name: 'status', configMap: { name: 'ecr-anywhere-status', optional: true } }])
  const status = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'ecr-anywhere-status')
  t.notOk(status === undefined || 'data' in status)
})

test('by default nobody but the node of a pod reaches the metrics port, and everybody the HTTPS port', async t => {
  const ingressOf = async (values: Values) =>
    ofKind(await render(merged(base, values)), 'NetworkPolicy').find(({ metadata }: Rendered) => metadata.name === 'ecr-anywhere-webhook')
      ?.spec.ingress
  const https = { ports: [{ port: 'https' }] }
  const from = [{ namespaceSelector: { matchLabels: { team: 'monitoring' } } }]
  t.strictSame(await ingressOf({}), [https])
  t.strictSame(await ingressOf({ networkPolicy: { metricsFrom: from } }), [https, { ports: [{ port: 'metrics' }], from }])
  t.equal(await ingressOf({ networkPolicy: { enabled: false } }), undefined)
  t.equal(await ingressOf({ webhook: { hostNetwork: true, port: 8443 } }), undefined, 'no NetworkPolicy applies there')
})
