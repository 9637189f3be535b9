import t, { type Test } from 'tap'
import { managedSecret } from '../../testbed/manifest.ts'
import { storedSecret } from '../../testbed/stored-secret.ts'
import { ownRegistry } from '../../testbed/testbed.ts'
import { within } from '../../testbed/within.ts'
import { faults } from '../aws.ts'
import { podNames } from '../processes.ts'
import { chart, releaseName, startProduct, type Values, valuesFor, webhookPods } from '../product.ts'
import { leftOfRelease } from '../release-objects.ts'
import { noneRefused, startStream } from '../stream.ts'

const namespace = 'apps'

const product = await startProduct(t)
const { node, kubectl, apply } = product
const base = valuesFor(product)
const withTenants = (...names: string[]): Values => ({
  ...base,
  tenants: names.map(name => ({ name, roleArn: `arn:aws:iam::123456789012:role/pull-${name}` })),
})
await product.namespace(namespace, 'enabled')

t.test('an install that is interrupted completes when it is run again', async t => {
  const until = () => within(60, 'pods of the webhook are being started', async () => (await podNames(product, webhookPods)).length > 0)
  await product.interrupted('install', { values: base, until, signal: 'SIGINT' })
  // Made before there was anything that could own them; the next install takes them over.
  const left = ['secret/ecr-anywhere-tickets', 'secret/ecr-anywhere-tls']
  await within(60, 'Helm has rolled back', async () => (await leftOfRelease(product)).join() === left.join())
  const { code, stderr } = await product.install(base)
  t.equal(code, 0, stderr)
  t.equal((await product.helm(['uninstall', releaseName, '--wait'])).code, 0)
  await within(60, 'nothing is left', async () => (await leftOfRelease(product)).length === 0)
})

t.test('AWS cannot be reached at install: it fails with the cause, and an upgrade once AWS is there mends it', async t => {
  await faults(product, { fault: 'cut', api: '*' })
  const failed = await product.helm(['install', releaseName, chart, '--wait'], { ...base, check: { timeout: '15s' } })
  t.equal(failed.code, 1)
  t.match(failed.stdout + failed.stderr, /check failed: .*AWS/)
  console.error((failed.stdout + failed.stderr).split('\n').find(line => line.includes('check failed')))
  await faults(product)
  const { code, stderr } = await product.upgrade(base)
  t.equal(code, 0, stderr)
  await filled(t, namespace)
})

t.test('tenants are added, renamed and removed by upgrades, without a conflict and without a refused update', async t => {
  const stop = await startStream(t, product, namespace)
  for (const tenants of [['a'], ['b'], []]) {
    const { code, stderr } = await product.upgrade(withTenants(...tenants))
    t.equal(code, 0, stderr)
    for (const tenant of tenants) {
      await product.namespace(`of-${tenant}`, tenant)
      await filled(t, `of-${tenant}`)
    }
    const made = await kubectl('get', 'mutatingwebhookconfigurations', '-o', 'jsonpath={.items[*].metadata.name}')
    t.same(made.split(' '), ['ecr-anywhere-probe', ...['default', ...tenants].map(name => `ecr-anywhere-tenant-${name}`)].sort())
  }
  noneRefused(t, await stop())
})

t.test('an upgrade that is interrupted completes when it is run again, and refuses no update in between', async t => {
  const stop = await startStream(t, product, namespace)
  await product.interrupted('upgrade', { values: withTenants('a'), until: newPods, signal: 'SIGINT' })
  const { code, stderr } = await product.upgrade(withTenants('a'))
  t.equal(code, 0, stderr)
  noneRefused(t, await stop())
  await filled(t, 'of-a')
})

t.test('an upgrade whose Helm is killed completes after a rollback, which Helm asks for', async t => {
  const stop = await startStream(t, product, namespace)
  await product.interrupted('upgrade', { values: withTenants('a', 'b'), until: newPods, signal: 'SIGKILL' })
  t.match(await product.upgrade(withTenants('a', 'b')), { code: 1, stderr: /another operation .+ is in progress/ })
  const back = await product.helm(['rollback', releaseName, '--wait'])
  t.equal(back.code, 0, back.stderr)
  const { code, stderr } = await product.upgrade(withTenants('a', 'b'))
  t.equal(code, 0, stderr)
  noneRefused(t, await stop())
  for (const tenant of ['a', 'b']) await filled(t, `of-${tenant}`)
})

/** An upgrade is on its way: there are pods that were not there before. */
async function newPods(): Promise<void> {
  const before = await podNames(product, webhookPods)
  await within(60, 'pods of the upgrade are being started', async () =>
    (await podNames(product, webhookPods)).some(name => !before.includes(name)),
  )
}

async function filled(t: Test, where: string): Promise<void> {
  const { code, stderr } = await apply(managedSecret({ namespace: where, name: 'ecr-pull' }))
  t.equal(code, 0, stderr)
  t.match((await storedSecret(node, { namespace: where, name: 'ecr-pull' })).logins, { [ownRegistry]: /^AWS:/ })
}
