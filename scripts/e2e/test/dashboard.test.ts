import t from 'tap'
import { dashboardFile } from '../../monitoring/dashboard-file.ts'
import { dashboardResults } from '../../monitoring/dashboard-results.ts'
import { startScraped } from '../../monitoring/scraped-webhooks.ts'
import { until } from '../../testbed/until.ts'

const { prometheus, traffic, stop } = await startScraped(t.testdir({}))
t.teardown(stop)

// A rate needs several scrapes between which something happened.
await until('Prometheus has seen the traffic of some seconds', async () => {
  await traffic()
  const [rate] = await prometheus.instant('sum(rate(ecr_anywhere_admission_duration_seconds_count[10s]))')
  const [scrapes] = await prometheus.instant('min(count_over_time(ecr_anywhere_build_info[1m]))')
  return (rate?.samples[0]?.[1] ?? 0) > 0 && (scrapes?.samples[0]?.[1] ?? 0) > 10
})

t.test('a real Prometheus answers every query of the dashboard with numbers', async t => {
  const panels = await dashboardResults(prometheus, 10)
  t.ok(panels.flatMap(({ queries }) => queries).length > 20)
  for (const { title, queries } of panels) {
    for (const { expr, legend, results } of queries) {
      t.ok(results.length > 0, `${title}: ${expr}`)
      for (const { labels, samples } of results) {
        t.ok(
          samples.some(([, value]) => Number.isFinite(value)),
          `${title}: ${JSON.stringify(labels)}`,
        )
        const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).filter(name => name !== 'cluster')
        for (const name of named) t.ok(name in labels, `${title}: ${legend} has ${name}`)
      }
    }
  }
})

t.test('the variables find what they offer', async t => {
  const { list } = JSON.parse(dashboardFile()).templating as { list: { name: string; query: string }[] }
  t.same(
    list.map(({ name }) => name),
    ['datasource', 'cluster', 'namespace'],
  )
  t.match(list[2]?.query, /^label_values\(ecr_anywhere_build_info\{.*\}, namespace\)$/)
  t.match(await prometheus.instant('group by (namespace) (ecr_anywhere_build_info)'), [{ labels: { namespace: 'ecr-anywhere' } }])
})

t.test('it evaluates every rule without a problem, and those that should fire do', async t => {
  await until('all rules were evaluated', async () => (await prometheus.rules()).every(({ health }) => health !== 'unknown'))
  for (const { name, health, lastError } of await prometheus.rules()) t.equal(health, 'ok', `${name}: ${lastError}`)
  const isUp = async (name: string) => (await prometheus.rules()).find(rule => rule.name === name)?.state !== 'inactive'
  for (const name of ['RefreshFailed', 'SecretExpired', 'SecretNeverInjected', 'AdmissionErrors', 'TokenRequestsFailing'])
    await until(`${name} is pending or fires`, () => isUp(`ECRAnywhere${name}`))
  // Whether denials have jumped depends on how often this test had to make traffic.
  for (const name of ['RefreshStale', 'WebhookDown', 'CertificateExpiring', 'TicketsMissing'])
    t.notOk(await isUp(`ECRAnywhere${name}`), name)
})
