import t, { type Test } from 'tap'
import { storedSecret } from '../../testbed/stored-secret.ts'
import { ownRegistry } from '../../testbed/testbed.ts'
import { faults } from '../aws.ts'
import { managedSecret } from '../objects.ts'
import { podNames } from '../processes.ts'
import { chart, releaseName, startProduct, type Values, valuesFor, webhookPods } from '../product.ts'
import { within } from '../within.ts'

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
  await product.interruptedInstall(base, () =>
    within(60, 'pods of the webhook are being started', async () => (await podNames(product, webhookPods)).length > 0),
  )
  const { code, stderr } = await product.install(base)
  t.equal(code, 0, stderr)
  t.equal((await product.helm(['uninstall', releaseName, '--wait'])).code, 0)
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

t.test('tenants are added, renamed and removed by upgrades, without a conflict', async t => {
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
})

async function filled(t: Test, where: string): Promise<void> {
  const { code, stderr } = await apply(managedSecret({ namespace: where, name: 'ecr-pull' }))
  t.equal(code, 0, stderr)
  t.match((await storedSecret(node, { namespace: where, name: 'ecr-pull' })).logins, { [ownRegistry]: /^AWS:/ })
}
