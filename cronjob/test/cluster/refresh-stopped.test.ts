import { join } from 'node:path'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { startCommand } from '@ecr-anywhere/scripts/testbed/started-command.ts'
import { startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import t from 'tap'
import { eventsMs, inFlightMs } from '../../src/refresh/limits.ts'
import { clientOf, renewedIn, storeDue } from './due-secrets.ts'
import { type FailingProxyOptions, startFailingProxy } from './failing-proxy.ts'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'stopped' })
t.teardown(bed.stop)
const client = await clientOf(t, cluster.kubeconfig)
const count = 12
/** The time that a Node process may need to exit on a busy machine. */
const slackMs = 4_000

/** Starts a refresh of due Secrets through a proxy, with a concurrency of four. */
async function started(namespace: string, before: FailingProxyOptions['before'], args: string[] = []) {
  const names = await storeDue(client, { id: 'stopped', namespace, count })
  const file = join(bed.dir, `${namespace}.kubeconfig`)
  const proxy = await startFailingProxy({ kubeconfig: cluster.kubeconfig, file, before })
  t.teardown(proxy.stop)
  const run = startCommand(['refresh', ...args], { KUBECONFIG: file, NAMESPACES: namespace, REFRESH_CONCURRENCY: '4' })
  let stoppedAtMs = Number.NaN
  const stop = (signal: NodeJS.Signals) => {
    stoppedAtMs = performance.now()
    run.kill(signal)
  }
  return { ...run, names, stop, sinceStopMs: () => performance.now() - stoppedAtMs }
}

const forever = () => new Promise<never>(() => {})

t.test('on SIGTERM while the API server hangs, requests are abandoned and the report appears within seconds', async t => {
  const namespace = 'stopped-hanging'
  let touches = 0
  const run = await started(namespace, ({ secret }) => (secret !== undefined && ++touches > 4 ? forever() : undefined))
  await until('four touches are done and four hang', () => touches === 8)
  run.stop('SIGTERM')
  t.equal(await run.ended, 1)
  t.ok(run.sinceStopMs() < inFlightMs + slackMs, `${Math.round(run.sinceStopMs())} ms`)
  t.match(run.stdout(), /^checked 12, due 12, refreshed 4, failed 0/)
  t.match(run.stdout(), /\nrefresh failed: stopped by SIGTERM with 8 Secrets not processed; the next run processes them\n$/)
  t.match(await bed.ecrAnywhere(['refresh'], { NAMESPACES: namespace }), { code: 0, stdout: /^checked 12, due 8, refreshed 8/ })
  t.same(await renewedIn(client, namespace), run.names)
})

t.test('on SIGINT while touches wait for a retry, the waits end at once and each touch fails with its cause', async t => {
  const namespace = 'stopped-waiting'
  let touches = 0
  const run = await started(
    namespace,
    ({ secret }) => {
      if (secret === undefined) return undefined
      touches += 1
      return { status: 503, headers: { 'retry-after': '10' } }
    },
    ['--output', 'json'],
  )
  await until('four touches wait', () => touches === 4)
  run.stop('SIGINT')
  t.equal(await run.ended, 1)
  t.ok(run.sinceStopMs() < slackMs, `${Math.round(run.sinceStopMs())} ms`)
  const { error, ...report } = JSON.parse(run.stdout())
  t.match(report, { refreshed: 0, failed: 4, undone: 8, failures: [{ cause: 'refused with 503' }] })
  t.match(error, /^refresh failed: 4 Secrets were not renewed; stopped-waiting\/due-000\d: refused with 503$/)
  t.equal(touches, 4)
})

t.test('on SIGTERM before the list is complete, nothing is touched, and the last line says so', async t => {
  let lists = 0
  const run = await started('stopped-listing', ({ method }) => {
    if (method !== 'GET') return undefined
    lists += 1
    return forever()
  })
  await until('the list hangs', () => lists === 1)
  run.stop('SIGTERM')
  t.equal(await run.ended, 1)
  t.ok(run.sinceStopMs() < inFlightMs + slackMs)
  t.match(run.stdout(), /^ecr-anywhere: found SIGTERM before all Secrets were listed; .*No Secret was touched\. .*\n$/)
})

t.test('Events are written after the report and abandoned if they hang, and the last line still contains the cause', async t => {
  let events = 0
  const run = await started('stopped-events', ({ method, secret }) => {
    if (secret !== undefined) return { status: 422, body: { message: 'no' } }
    if (method !== 'POST') return undefined
    events += 1
    return forever()
  })
  await until('an Event hangs', () => events > 0)
  t.match(run.stdout(), /^checked 12, due 12, refreshed 0, failed 12.*\nrefresh failed: 12 Secrets were not renewed; .*: no\n$/)
  run.stop('SIGTERM')
  t.equal(await run.ended, 1)
  t.ok(run.sinceStopMs() < eventsMs + slackMs, `${Math.round(run.sinceStopMs())} ms`)
  const lines = run.stderr().trimEnd().split('\n')
  t.equal(lines.filter(line => line.endsWith(' cause=no')).length, count, 'the log names each Secret')
  t.match(lines.at(-1), /^warn: 12 of 12 Events were not written: .*; refresh failed: 12 Secrets were not renewed; /)
})

t.test('an Event that is rejected for a moment is retried', async t => {
  const namespace = 'stopped-retried'
  let events = 0
  const run = await started(namespace, ({ method, secret }) => {
    if (secret !== undefined) return { status: 422, body: { message: 'no' } }
    return method === 'POST' && ++events % 2 === 1 ? { status: 503 } : undefined
  })
  t.equal(await run.ended, 1)
  const { body } = await client.request({ method: 'GET', path: pathOf({ apiVersion: 'v1', kind: 'Event', namespace }) })
  const { items } = body as { items: { involvedObject: { name: string }; message: string; reason: string }[] }
  t.same(items.map(({ involvedObject }) => involvedObject.name).sort(), run.names)
  t.ok(items.every(({ message, reason }) => message === 'no' && reason === 'RefreshFailed'))
})
