import { base, merged, ofKind, render, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'

interface Alert {
  alert: string
  labels: Record<string, string>
}

/** The alerts of a PrometheusRule with the given values, and the other values of a release. */
async function alertsOf(prometheusRule: Values, values: Values = {}): Promise<Alert[]> {
  const objects = await render(merged({ ...base, monitoring: { prometheusRule: { enabled: true, ...prometheusRule } } }, values))
  return ofKind(objects, 'PrometheusRule').flatMap(({ spec }) => spec.groups.flatMap(({ rules }: { rules: Alert[] }) => rules))
}

const labelsOf = (alerts: Alert[], name: string) => alerts.map(({ labels }) => labels[name])

test('every alert has a severity label and, by default, no other label', async t => {
  const alerts = await alertsOf({})
  t.ok(alerts.length > 5)
  for (const { alert, labels } of alerts) {
    t.strictSame(Object.keys(labels), ['severity'], alert)
    t.match(labels.severity, /^(critical|warning)$/, alert)
  }
})

test('every alert has the label cluster if clusterName is set', async t => {
  t.strictSame([...new Set(labelsOf(await alertsOf({}, { clusterName: 'prod-eu' }), 'cluster'))], ['prod-eu'])
  t.strictSame([...new Set(labelsOf(await alertsOf({ clusterLabel: 'k8s' }, { clusterName: 'prod-eu' }), 'k8s'))], ['prod-eu'])
  for (const values of [{}, { clusterName: 'kubernetes' }])
    t.strictSame(
      [...new Set(labelsOf(await alertsOf({}, values), 'cluster'))],
      [undefined],
      'the external label cluster of Prometheus is not replaced',
    )
  const withoutLabel = await alertsOf({ clusterLabel: '' }, { clusterName: 'prod-eu' })
  t.strictSame(
    withoutLabel.map(({ labels }) => labels),
    (await alertsOf({})).map(({ labels }) => labels),
  )
})

test('additional labels are on every alert and take precedence over the other labels', async t => {
  const additionalRuleLabels = { team: 'platform', severity: 'page', cluster: 'other' }
  for (const { alert, labels } of await alertsOf({ additionalRuleLabels }, { clusterName: 'prod-eu' }))
    t.strictSame(labels, additionalRuleLabels, alert)
  t.strictSame(await alertsOf({ additionalRuleLabels: null }), await alertsOf({}))
})

test('labels that are invalid in Prometheus or that replace a required label are rejected, and the message names them', async t => {
  for (const prometheusRule of [
    { clusterLabel: 'my-cluster' },
    { clusterLabel: 'alertname' },
    { additionalRuleLabels: { 'my.team': 'a' } },
    { additionalRuleLabels: { team: 1 } },
  ]) {
    const { code, stderr } = await template(merged(base, { monitoring: { prometheusRule } }))
    t.equal(code, 1)
    t.match(stderr, `at '/monitoring/prometheusRule/${Object.keys(prometheusRule)[0]}`)
  }
})
