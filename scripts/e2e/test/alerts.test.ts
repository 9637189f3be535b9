import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../../cluster/run.ts'
import { base, merged, releaseNamespace, render } from '../../testbed/helm.ts'
import { promtool } from '../promtool.ts'

interface Rule {
  alert: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

/** A metric that is scraped each minute, in the notation of promtool: `start+step×times`. */
type Series = Record<string, string>

const namespace = releaseNamespace
const objects = await render(merged(base, { monitoring: { prometheusRule: { enabled: true } } }))
const { groups } = objects.find(({ kind }) => kind === 'PrometheusRule')?.spec ?? { groups: [] }
const rules: Rule[] = groups.flatMap((group: { rules: Rule[] }) => group.rules)
const tool = await promtool()
const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-alerts-'))
t.teardown(() => rm(dir, { recursive: true }))
await writeFile(join(dir, 'rules.yaml'), JSON.stringify({ groups }))

const cronJob = (name: string) => `{namespace="${namespace}", cronjob="ecr-anywhere-${name}"}`
const scheduled = (name: string) => `kube_cronjob_status_last_schedule_time${cronJob(name)}`
const succeeded = (name: string) => `kube_cronjob_status_last_successful_time${cronJob(name)}`
const admissions = (result: string) =>
  `ecr_anywhere_admission_requests_total{namespace="${namespace}", tenant="default", operation="UPDATE", result="${result}"}`
const calls = (result: string) =>
  `ecr_anywhere_token_requests_total{namespace="${namespace}", tenant="default", region="us-east-1", result="${result}"}`
const alive = { [`ecr_anywhere_build_info{namespace="${namespace}", version="1"}`]: '1x120' }
const day = 86_400
const ending = (days: number) => ({
  [`ecr_anywhere_serving_certificate_not_after_timestamp_seconds{namespace="${namespace}"}`]: `${days * day}x120`,
})

/** For each scenario: the alerts that fire after an hour, with their labels. */
const scenarios: [scenario: string, series: Series, firing: [alert: string, labels: Record<string, string>][]][] = [
  ['there is no problem', { ...alive, ...ending(60), [admissions('injected')]: '0+100x120', [calls('success')]: '0+1x120' }, []],
  ['there is no webhook', {}, [['ECRAnywhereWebhookAbsent', { namespace }]]],
  [
    'the refresher has not succeeded since it was due',
    { ...alive, [scheduled('refresh')]: '600x120', [succeeded('refresh')]: '100x120' },
    [['ECRAnywhereRefreshFailed', { namespace, cronjob: 'ecr-anywhere-refresh' }]],
  ],
  [
    'the refresher has never succeeded',
    { ...alive, [scheduled('refresh')]: '600x120' },
    [['ECRAnywhereRefreshFailed', { namespace, cronjob: 'ecr-anywhere-refresh' }]],
  ],
  [
    'the refresher succeeds after each time it was due',
    { ...alive, [scheduled('refresh')]: '600x120', [succeeded('refresh')]: '605x120' },
    [],
  ],
  [
    'a failed run was followed by a successful one',
    { ...alive, [scheduled('refresh')]: '600x30 2400x90', [succeeded('refresh')]: '100x30 2410x90' },
    [],
  ],
  [
    'certs has not succeeded since it was due',
    { ...alive, [scheduled('certs')]: '600x120', [succeeded('certs')]: '100x120' },
    [['ECRAnywhereCertsFailed', { namespace, cronjob: 'ecr-anywhere-certs' }]],
  ],
  [
    'Secrets keep old credentials, and AWS denies tokens',
    { ...alive, [admissions('kept')]: '0+1x120', [calls('AccessDeniedException')]: '0+1x120' },
    [
      ['ECRAnywhereSecretsDue', { tenant: 'default', result: 'kept' }],
      ['ECRAnywhereNoTokens', { tenant: 'default', region: 'us-east-1', result: 'AccessDeniedException' }],
    ],
  ],
  [
    'AWS denied tokens and returns them again',
    { ...alive, [admissions('kept')]: '0+1x10 10x110', [calls('ThrottlingException')]: '0+1x10 10x110' },
    [],
  ],
  ['the certificate expires in a week', { ...alive, ...ending(7) }, [['ECRAnywhereCertificateEnds', { namespace }]]],
  ['the certificate expires in three weeks', { ...alive, ...ending(21) }, []],
]

/** The annotations of a rule with its labels filled in, because promtool also compares them. */
function alertOf([alert, labels]: [string, Record<string, string>]) {
  const rule = rules.find(one => one.alert === alert)
  const filled = Object.entries(rule?.annotations ?? {}).map(([key, text]) => [
    key,
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? ''),
  ])
  return { exp_labels: { ...labels, ...rule?.labels }, exp_annotations: Object.fromEntries(filled) }
}

t.test('Prometheus accepts the rules', async t => {
  const { code, stdout, stderr } = await run(tool, ['check', 'rules', join(dir, 'rules.yaml')])
  t.equal(code, 0, stdout + stderr)
})

t.test('every alert is part of a scenario', async t => {
  const firingAlerts = new Set(scenarios.flatMap(([, , firing]) => firing.map(([alert]) => alert)))
  t.strictSame(rules.map(({ alert }) => alert).sort(), [...firingAlerts].sort())
})

for (const [scenario, series, firing] of scenarios) {
  t.test(`${scenario}: ${firing.map(([alert]) => alert).join(', ') || 'no alert'}`, async t => {
    const file = join(dir, 'scenario.yaml')
    const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }))
    const alert_rule_test = rules.map(({ alert }) => ({
      eval_time: '1h',
      alertname: alert,
      exp_alerts: firing.filter(([name]) => name === alert).map(alertOf),
    }))
    const tests = [{ interval: '1m', input_series, alert_rule_test }]
    await writeFile(file, JSON.stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }))
    const { code, stdout, stderr } = await run(tool, ['test', 'rules', 'scenario.yaml'], { cwd: dir })
    t.equal(code, 0, stdout + stderr)
  })
}
