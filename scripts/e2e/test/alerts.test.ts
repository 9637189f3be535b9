import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { run } from '../../cluster/run.ts'
import { apiServerScenarios } from '../alert-scenarios/api-server.ts'
import { kubeStateScenarios } from '../alert-scenarios/kube-state.ts'
import { provisionScenarios } from '../alert-scenarios/provision.ts'
import { refreshScenarios } from '../alert-scenarios/refresh.ts'
import type { Firing, Scenario } from '../alert-scenarios/scenario.ts'
import { webhookScenarios } from '../alert-scenarios/webhook.ts'
import { promtool } from '../prometheus-programs.ts'

interface Rule {
  alert: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

// The rules of the chart: deploy/test/monitoring.test.ts compares them.
const rulesFile = resolve(import.meta.dirname, '../../../deploy/monitoring/rules.yaml')
const { groups } = parse(await readFile(rulesFile, 'utf8')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap(group => group.rules)
const scenarios: Scenario[] = [
  ...refreshScenarios,
  ...webhookScenarios,
  ...provisionScenarios,
  ...apiServerScenarios,
  ...kubeStateScenarios,
]
const tool = await promtool()
const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-alerts-'))
t.teardown(() => rm(dir, { recursive: true }))
await copyFile(rulesFile, join(dir, 'rules.yaml'))

/** promtool compares the texts, too: those of the rule, filled in. */
function alertOf({ alert, labels, value = 0, first = [] }: Firing) {
  const rule = rules.find(one => one.alert === alert)
  const filled = Object.entries(rule?.annotations ?? {}).map(([key, text]) => [
    key,
    text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? '')
      .replaceAll('{{ $value }}', String(value))
      .replaceAll(/\{\{ range query .* \}\}.*\{\{ end \}\}/g, first.map(name => `${name} `).join('')),
  ])
  return { exp_labels: { ...labels, ...rule?.labels }, exp_annotations: Object.fromEntries(filled) }
}

t.test('Prometheus takes the rules', async t => {
  const { code, stdout, stderr } = await run(tool, ['check', 'rules', 'rules.yaml'], { cwd: dir })
  t.equal(code, 0, stdout + stderr)
})

t.test('every alert fires and later clears in a scenario, and is silent in another', async t => {
  for (const { alert } of rules) {
    const fires = scenarios.map(({ at }) => Object.values(at).map(firing => firing.some(one => one.alert === alert)))
    t.ok(
      fires.some(times => times.includes(true) && times.at(-1) === false),
      `${alert} clears`,
    )
    t.ok(
      fires.some(times => !times.includes(true)),
      `${alert} is silent`,
    )
  }
  const known = new Set(rules.map(({ alert }) => alert))
  for (const { at } of scenarios) for (const { alert } of Object.values(at).flat()) t.ok(known.has(alert), alert)
})

for (const { about, series, at } of scenarios) {
  t.test(about, async t => {
    const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }))
    const alert_rule_test = Object.entries(at).flatMap(([eval_time, firing]) =>
      rules.map(({ alert }) => ({ eval_time, alertname: alert, exp_alerts: firing.filter(one => one.alert === alert).map(alertOf) })),
    )
    const tests = [{ interval: '1m', input_series, alert_rule_test }]
    await writeFile(join(dir, 'scenario.yaml'), JSON.stringify({ rule_files: ['rules.yaml'], evaluation_interval: '30s', tests }))
    const { code, stdout, stderr } = await run(tool, ['test', 'rules', 'scenario.yaml'], { cwd: dir })
    t.equal(code, 0, stdout + stderr)
  })
}
