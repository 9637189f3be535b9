import { join } from 'node:path'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { startCommand } from '@ecr-anywhere/scripts/testbed/started-command.ts'
import { must, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { refreshReport, refreshStart } from '@ecr-anywhere/shared/refresh-report.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import t from 'tap'
import { clientOf, storeDue } from './due-secrets.ts'
import { eventsIn } from './events-in.ts'
import { startFailingProxy } from './failing-proxy.ts'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'recorded' })
t.teardown(bed.stop)
const client = await clientOf(t, cluster.kubeconfig)
const namespace = 'recorded-team'
const release = 'recorded-release'
const recorded = { RELEASE_NAMESPACE: release, NAMESPACES: namespace }
await storeDue(client, { id: 'recorded', namespace, count: 3 })

async function data(): Promise<Record<string, string>> {
  return JSON.parse(await must(cluster.kubectl('get', 'configmap', '-n', release, 'ecr-anywhere-status', '-o', 'json'))).data ?? {}
}
const report = async () => refreshReport.parse(JSON.parse((await data())['report.json'] ?? ''))
/** Times are recorded in whole seconds, and on a machine that has nothing else to do two runs take less. */
const untilAfter = (time: string) => until('the next second has begun', async () => formatTime(Date.now()) > time)
const start = async () => refreshStart.parse(JSON.parse((await data())['start.json'] ?? ''))

t.test('a run of one namespace, a dry run and a run without RELEASE_NAMESPACE record nothing', async t => {
  await bed.ecrAnywhere(['refresh', '--dry-run'], recorded)
  await bed.ecrAnywhere(['refresh', '--dry-run', '--namespace', namespace], recorded)
  await bed.ecrAnywhere(['refresh', '--dry-run'], { NAMESPACES: namespace })
  t.match(await cluster.kubectl('get', 'configmap', '-n', release, 'ecr-anywhere-status'), { code: 1, stderr: 'NotFound' })
})

t.test('each Secret that fails is recorded with its cause, and since when, until a run succeeds', async t => {
  bed.emulator.fault({ fault: 'access-denied', api: 'ecr' })
  await bed.restartWebhook()
  t.equal((await bed.ecrAnywhere(['refresh'], recorded)).code, 1)
  const first = await report()
  t.match(first, {
    failed: true,
    cause: /^refresh failed: 3 Secrets were not renewed; recorded-team\/due-000\d: /,
    counted: {
      states: { NeverInjected: 3, Fresh: 0 },
      failed: 3,
      failures: Array(3).fill({ namespace, name: /^due-000\d$/, cause: /AccessDeniedException/, since: first.finishedAt }),
    },
  })
  t.notOk('lastSuccessAt' in first)
  await untilAfter(first.finishedAt)
  t.equal((await bed.ecrAnywhere(['refresh'], recorded)).code, 1)
  const second = await report()
  t.ok(second.finishedAt > first.finishedAt)
  t.strictSame(
    second.counted?.failures.map(({ since }) => since),
    Array(3).fill(first.finishedAt),
  )

  bed.emulator.heal()
  await bed.restartWebhook()
  t.equal((await bed.ecrAnywhere(['refresh'], recorded)).code, 0)
  const third = await report()
  t.match(third, { failed: false, lastSuccessAt: third.finishedAt, counted: { states: { NeverInjected: 0, Fresh: 3 }, failures: [] } })
  t.equal(third.counted?.expiring.length, 3)
  t.equal((await start()).startedAt, third.startedAt)

  const items = await eventsIn(cluster, namespace)
  const of = (name: string) =>
    items.filter(({ involvedObject }) => involvedObject.name === name).map(({ type, reason }) => `${type} ${reason}`)
  for (const at of [0, 1, 2])
    t.strictSame(of(`due-000${at}`).sort(), ['Normal Renewed', 'Warning RefreshFailed'], 'two runs that fail for one cause write one Event')
})

t.test('a run that is killed leaves its start, and the report of the run before it', async t => {
  const before = await data()
  const file = join(bed.dir, 'hanging.kubeconfig')
  let touched = false
  const proxy = await startFailingProxy({
    kubeconfig: cluster.kubeconfig,
    file,
    before: ({ secret }) => {
      if (secret === undefined) return undefined
      touched = true
      return new Promise<never>(() => {})
    },
  })
  t.teardown(proxy.stop)
  await untilAfter(JSON.parse(before['start.json'] ?? '').startedAt)
  const run = startCommand(['refresh', '--force'], { ...recorded, KUBECONFIG: file })
  await until('it has begun', async () => touched && (await data())['start.json'] !== before['start.json'])
  run.kill('SIGKILL')
  await run.ended
  t.equal((await data())['report.json'], before['report.json'])
})

t.test('where the ConfigMap may not be written, the run succeeds, and the log says what is missing', async t => {
  const file = join(bed.dir, 'forbidden.kubeconfig')
  const before = ({ url }: { url: string }) => (url.includes('/configmaps/') ? { status: 403 } : undefined)
  const proxy = await startFailingProxy({ kubeconfig: cluster.kubeconfig, file, before })
  t.teardown(proxy.stop)
  const { code, stdout, stderr } = await bed.ecrAnywhere(['refresh'], { ...recorded, KUBECONFIG: file })
  t.equal(code, 0)
  t.match(stdout, /^checked 3, /)
  t.match(stderr.trim(), /^warn: the run was not recorded in the ConfigMap recorded-release\/ecr-anywhere-status, .*HTTP 403.*\(RBAC\)/)
})
