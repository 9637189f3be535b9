import t from 'tap'
import { managedSecret } from '../../testbed/manifest.ts'
import { storedSecret } from '../../testbed/stored-secret.ts'
import { ownRegistry } from '../../testbed/testbed.ts'
import { faults, forgetTokens, tokenLife } from '../aws.ts'
import { eventually } from '../eventually.ts'
import { sendReview } from '../forged.ts'
import { nextScheduled, runJob } from '../jobs.ts'
import { pod } from '../objects.ts'
import { releaseName, releaseNamespace, startProduct, valuesFor } from '../product.ts'

const namespace = 'apps'
const privateImage = `${ownRegistry}/team/app:1`
const installWithinMs = 90_000
const hoursMs = 3_600_000
const shortLifeMs = 120_000

const product = await startProduct(t)
const { node, registry, kubectl, apply } = product
await registry.push(`${node.dir}/images/busybox.tar`, privateImage)
await product.namespace('prepared', 'enabled')

const values = valuesFor(product, {
  refresh: { schedule: '* * * * *' },
  webhook: { shutdownDelay: '2s' },
  // By default a token is used for an hour, so a shorter maximum age is set.
  tokenMaxAge: '5s',
  secrets: [{ namespace: 'prepared', name: 'from-values' }],
})
const stored = (name: string, where = namespace) => storedSecret(node, { namespace: where, name })
const leftMs = async (name: string) => Date.parse((await stored(name)).annotations['ecr-anywhere.centml.ai/expires_at'] ?? '') - Date.now()

/** The lifetime of tokens with which a Secret is due within a minute, after half of it. */
async function filledForMinutes(name: string): Promise<void> {
  await tokenLife(product, shortLifeMs / hoursMs)
  await forgetTokens(product)
  await apply(managedSecret({ namespace, name }))
  t.ok((await leftMs(name)) <= shortLifeMs)
}

t.test('helm install --wait --rollback-on-failure returns with a webhook that has been checked', async t => {
  const startedMs = performance.now()
  const { code, stdout, stderr } = await product.install(values)
  const ms = performance.now() - startedMs
  console.error(`helm install: ${(ms / 1000).toFixed(1)} s`)
  t.equal(code, 0, stderr)
  t.match(stdout, /STATUS: deployed/)
  t.ok(ms < installWithinMs, `${ms} ms`)
})

t.test('a Secret of the values exists and has credentials', async t => {
  t.match((await stored('from-values', 'prepared')).logins, { [ownRegistry]: /^AWS:/ })
})

t.test('a Secret without data in a labelled namespace gets credentials', async t => {
  await kubectl('create', 'namespace', namespace)
  await kubectl('label', 'namespace', namespace, 'ecr-anywhere.centml.ai/namespace=enabled')
  t.equal((await apply(managedSecret({ namespace, name: 'ecr-pull' }))).code, 0)
  t.match((await stored('ecr-pull')).logins, { [ownRegistry]: /^AWS:/ })
})

t.test('a pod with a private image starts with this Secret, and not without it', async t => {
  await apply(pod({ namespace, name: 'without' }, { image: privateImage }))
  await eventually('the image cannot be pulled', async () => /ErrImagePull|ImagePullBackOff/.test(await stateOf('without')))
  await apply(pod({ namespace, name: 'with' }, { image: privateImage, secret: 'ecr-pull' }))
  await eventually('the pod runs', async () => (await stateOf('with')).includes('Running'))
  t.equal(await kubectl('exec', 'with', '-n', namespace, '--', 'echo', 'hello'), 'hello\n')
  t.match(await stateOf('without'), /ErrImagePull|ImagePullBackOff/)
})

t.test('a forged review of a pod is denied unless it contains the ticket, which no pod can read', async t => {
  const forged = await sendReview(product, { namespace, name: 'forger' })
  t.equal(forged.allowed, false)
  t.notOk('patch' in forged)
  const { data } = JSON.parse(await kubectl('get', 'secret', 'ecr-anywhere-tickets', '-n', releaseNamespace, '-o', 'json'))
  const genuine = await sendReview(product, { namespace, name: 'api-server', ticket: data.default })
  t.equal(genuine.allowed, true)
  t.ok(genuine.patch)
})

t.test('helm test passes', async t => {
  const { code, stdout, stderr } = await product.helm(['test', releaseName])
  t.equal(code, 0, stdout + stderr)
})

t.test('the CronJob renews due Secrets by its schedule', async t => {
  await filledForMinutes('aged')
  await tokenLife(product, 12)
  await eventually('the Secret is renewed', async () => (await leftMs('aged')) > 11 * hoursMs)
  const succeeded = ['get', 'jobs', '-n', releaseNamespace, '-o', 'jsonpath={.items[*].status.succeeded}'] as const
  await eventually('the run that renewed it has succeeded', async () => (await kubectl(...succeeded)).includes('1'))
  t.match((await stored('aged')).logins, { [ownRegistry]: /^AWS:/ })
})

t.test('if AWS denies tokens and none is cached, the Job fails and its termination message says why', async t => {
  await filledForMinutes('denied')
  await faults(product, { fault: 'access-denied', api: 'ecr' })
  await forgetTokens(product)
  await eventually('the Secret is due', async () => (await leftMs('denied')) < shortLifeMs / 2)
  const { succeeded, pods } = await nextScheduled(product, 'ecr-anywhere-refresh')
  t.equal(succeeded, false)
  console.error(pods[0]?.message)
  for (const { exitCode, message } of pods) {
    t.equal(exitCode, 1)
    t.match(message, /refresh failed: 1 Secret was not renewed; apps\/denied: .*AccessDenied/)
  }
})

t.test('after AWS has recovered, the next run renews the Secret', async t => {
  await faults(product)
  await tokenLife(product, 12)
  t.equal((await nextScheduled(product, 'ecr-anywhere-refresh')).succeeded, true)
  t.ok((await leftMs('denied')) > 11 * hoursMs)
})

t.test('a run with invalid settings fails at once and is not retried', async t => {
  const { succeeded, reason, pods } = await runJob(product, 'ecr-anywhere-refresh', { REFRESH_CONCURRENCY: 'many' })
  t.equal(succeeded, false)
  t.equal(reason, 'PodFailurePolicy')
  t.match(pods, [{ exitCode: 2, message: /REFRESH_CONCURRENCY: found "many", wanted/ }])
})

function stateOf(name: string): Promise<string> {
  const jsonpath = '{.status.phase} {.status.containerStatuses[*].state.waiting.reason}'
  return kubectl('get', 'pod', name, '-n', namespace, '-o', `jsonpath=${jsonpath}`)
}
