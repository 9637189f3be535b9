import t, { type Test } from 'tap'
import { nodeIp } from '../../cluster/netns.ts'
import { managedSecret } from '../../testbed/manifest.ts'
import { within } from '../../testbed/within.ts'
import { type Notified, startAlerting } from '../alerting.ts'
import { faults, forgetTokens, tokenLife } from '../aws.ts'
import { nextScheduled } from '../jobs.ts'
import { releaseNamespace, startProduct, valuesFor } from '../product.ts'

const minuteMs = 60_000
const intervalMs = minuteMs
/** The shortest that the chart accepts. */
const staleAfterMs = 5 * minuteMs
/** A kubelet updates mounted files up to 90 s after a change, and that of this node, which syncs every 5 s, within 10 s. */
const lessLagMs = 80_000
/** From what happens, to the evaluation of the rule with which the alert fires or is resolved. */
const bounds = {
  ECRAnywhereTokenRequestsFailing: 3 * minuteMs,
  ECRAnywhereRefreshFailed: intervalMs + 4 * minuteMs - lessLagMs,
  ECRAnywhereRefreshStale: staleAfterMs + 2 * minuteMs,
}
type Alert = keyof typeof bounds
/** More than each of the bounds, so that an alert that is late is seen, too. */
const limitSeconds = 600

const cronJob = 'ecr-anywhere-refresh'
const values = {
  refresh: { schedule: '* * * * *' },
  // By default a token is used for an hour, and AWS is not asked before that.
  tokenMaxAge: '5s',
  alerts: { staleAfter: '5m' },
  monitoring: { serviceMonitor: { interval: '10s' } },
  networkPolicy: { metricsFrom: [{ ipBlock: { cidr: `${nodeIp}/32` } }] },
}
const skip = process.env.STALE === undefined ? '`make alerts` runs it, because it takes seven minutes' : false

const product = await startProduct(t)
const installed = await product.install(valuesFor(product, values))
if (installed.code !== 0) throw new Error(installed.stderr)
// With tokens of 40 s, a Secret is due in each run.
await tokenLife(product, 40 / 3600)
await forgetTokens(product)
const { notified } = await startAlerting(product, valuesFor(product, values))
await product.namespace('apps', 'enabled')
const applied = await product.apply(managedSecret({ namespace: 'apps', name: 'pull' }))
if (applied.code !== 0) throw new Error(applied.stderr)

t.test('while all is well, a refresh succeeds and no alert fires', async t => {
  t.equal((await nextScheduled(product, cronJob)).succeeded, true)
  t.strictSame(await notified(), [])
})

t.test('after AWS begins to deny tokens, the token requests and the failed refresh are reported in time', async t => {
  const deniedAtMs = Date.now()
  await faults(product, { fault: 'access-denied', api: 'ecr' })
  const failing = await fires('ECRAnywhereTokenRequestsFailing', deniedAtMs)
  t.match(failing.labels, { tenant: 'default', region: 'us-east-1', namespace: releaseNamespace, severity: 'warning' })
  inTime(t, 'ECRAnywhereTokenRequestsFailing', failing.firedAtMs - deniedAtMs)
  inTime(t, 'ECRAnywhereRefreshFailed', (await fires('ECRAnywhereRefreshFailed', deniedAtMs)).firedAtMs - deniedAtMs)
})

t.test('after AWS has recovered, both are resolved in time', async t => {
  const recoveredAtMs = Date.now()
  await faults(product)
  for (const name of ['ECRAnywhereTokenRequestsFailing', 'ECRAnywhereRefreshFailed'] as const)
    inTime(t, name, (await resolved(name, recoveredAtMs)) - recoveredAtMs)
})

t.test('a suspended CronJob is reported in time, and so is that it runs again', { skip }, async t => {
  const suspend = (isSuspended: boolean) =>
    product.kubectl('patch', 'cronjob', cronJob, '-n', releaseNamespace, '-p', JSON.stringify({ spec: { suspend: isSuspended } }))
  await suspend(true)
  const suspendedAtMs = Date.now()
  inTime(t, 'ECRAnywhereRefreshStale', (await fires('ECRAnywhereRefreshStale', suspendedAtMs)).firedAtMs - suspendedAtMs)
  await suspend(false)
  const resumedAtMs = Date.now()
  inTime(t, 'ECRAnywhereRefreshStale', (await resolved('ECRAnywhereRefreshStale', resumedAtMs)) - resumedAtMs)
})

/** Waits for the notification of an alert that began to fire after a moment. */
function fires(name: Alert, sinceMs: number): Promise<Notified> {
  return sees(`${name} fires`, one => one.name === name && one.firedAtMs > sinceMs)
}

/** Waits until an alert is resolved, after a moment. */
async function resolved(name: Alert, sinceMs: number): Promise<number> {
  const { resolvedAtMs = 0 } = await sees(`${name} is resolved`, one => one.name === name && (one.resolvedAtMs ?? 0) > sinceMs)
  return resolvedAtMs
}

function sees(condition: string, isIt: (one: Notified) => boolean): Promise<Notified> {
  return within(limitSeconds, condition, async () => (await notified()).find(isIt))
}

function inTime(t: Test, name: Alert, ms: number): void {
  console.error(`${name}: ${(ms / 1000).toFixed(0)} s`)
  t.ok(ms <= bounds[name], `${name}: found ${ms} ms, expected at most ${bounds[name]} ms`)
}
