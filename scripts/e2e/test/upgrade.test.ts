import t, { type Test } from 'tap'
import { managedSecret } from '../../testbed/manifest.ts'
import { storedSecret } from '../../testbed/stored-secret.ts'
import { ownRegistry } from '../../testbed/testbed.ts'
import { faults } from '../aws.ts'
import { eventually } from '../eventually.ts'
import { interrupt } from '../interrupt.ts'
import { podNames } from '../processes.ts'
import { chart, installArgs, releaseName, releaseNamespace, startProduct, type Values, valuesFor, webhookPods } from '../product.ts'
import { ensureAbsent, ensureDeployed, goneAll, recover, revisions } from '../release.ts'
import { noneRefused, startStream } from '../stream.ts'

const namespace = 'apps'
const perSecond = 20
const inProgress = /another operation .+ is in progress/

const product = await startProduct(t)
const { node, kubectl, apply } = product
const base = valuesFor(product)
const withTenants = (...names: string[]): Values => ({
  ...base,
  tenants: names.map(name => ({ name, roleArn: `arn:aws:iam::123456789012:role/pull-${name}` })),
})
const upgradeArgs = ['upgrade', ...installArgs]
const status = async () => (await revisions(product)).at(-1)?.status
await product.namespace(namespace, 'enabled')

/** The times at which Helm is interrupted. Each function reads the state before, and returns one that waits for that time. */
type Moment = () => Promise<() => Promise<unknown>>
const moments = {
  'as soon as it has begun': async () => {
    const before = await statuses()
    return () => eventually('Helm has begun', async () => (await statuses()).some(one => one.includes('pending') && !before.includes(one)))
  },
  'while pods are being started': async () => {
    const before = await podNames(product, webhookPods)
    const isNew = (name: string) => !before.includes(name)
    return () => eventually('pods are being started', async () => (await podNames(product, webhookPods)).some(isNew))
  },
} satisfies Record<string, Moment>

for (const [signal, when] of [
  ['SIGINT', 'while pods are being started'],
  ['SIGKILL', 'as soon as it has begun'],
] as const) {
  t.test(`a helm install that ${signal} interrupted ${when} can be completed as on the troubleshooting page, and uninstalled`, async t => {
    await ensureAbsent(product)
    await interrupt(product, ['install', ...installArgs], { values: base, until: await moments[when](), signal })
    if (signal === 'SIGKILL') t.equal(await status(), 'pending-install')
    await recover(product)
    const { code, stderr } = await product.install(base)
    t.equal(code, 0, stderr)
    t.equal((await product.helm(['uninstall', releaseName, '--wait'])).code, 0)
    await goneAll(product)
  })
}

t.test('an install without access to AWS fails with the cause, and an upgrade with access completes it', async t => {
  await ensureAbsent(product)
  t.teardown(() => faults(product))
  await faults(product, { fault: 'cut', api: '*' })
  const failed = await product.helm(['install', releaseName, chart, '--wait'], { ...base, check: { timeout: '15s' } })
  t.equal(failed.code, 1)
  t.match(failed.stdout + failed.stderr, /check failed: .*AWS/)
  console.error((failed.stdout + failed.stderr).split('\n').find(line => line.includes('check failed')))
  t.equal(await status(), 'failed')
  await faults(product)
  const { code, stderr } = await product.upgrade(base)
  t.equal(code, 0, stderr)
  await filled(t, namespace)
})

t.test('upgrades add, rename and remove tenants without a conflict and without a denied update', async t => {
  await ensureDeployed(product, base)
  const stop = await startStream(t, product, namespace, perSecond)
  for (const tenants of [['a'], ['b'], []]) {
    const { code, stderr } = await product.upgrade(withTenants(...tenants))
    t.equal(code, 0, stderr)
    for (const tenant of tenants) await filled(t, await namespaceOf(tenant))
    const made = await kubectl('get', 'mutatingwebhookconfigurations', '-o', 'jsonpath={.items[*].metadata.name}')
    t.same(made.split(' '), ['default', ...tenants].flatMap(namesOf).sort())
  }
  noneRefused(t, await stop())
})

const interruptions: [verb: 'upgrade' | 'rollback', signal: NodeJS.Signals, when: keyof typeof moments, from: string[], to: string[]][] = [
  ['upgrade', 'SIGINT', 'as soon as it has begun', [], ['a']],
  ['upgrade', 'SIGINT', 'while pods are being started', ['a'], ['b']],
  ['upgrade', 'SIGKILL', 'while pods are being started', ['b'], ['a', 'b']],
  ['rollback', 'SIGKILL', 'as soon as it has begun', ['a', 'b'], ['c']],
]

for (const [verb, signal, when, from, to] of interruptions) {
  t.test(
    `after ${signal} interrupts helm ${verb} ${when}, an upgrade completes as on the troubleshooting page, and no update is denied`,
    async t => {
      await ensureDeployed(product, withTenants(...from))
      const stop = await startStream(t, product, namespace, perSecond)
      const until = await moments[when]()
      if (verb === 'upgrade') await interrupt(product, upgradeArgs, { values: withTenants(...to), until, signal })
      else await interrupt(product, ['rollback', releaseName, '--wait'], { until, signal })
      if (signal === 'SIGKILL') {
        t.equal(await status(), `pending-${verb}`)
        t.match(await product.upgrade(withTenants(...to)), { code: 1, stderr: inProgress })
      }
      await recover(product)
      const { code, stderr } = await product.upgrade(withTenants(...to))
      t.equal(code, 0, stderr)
      t.equal(await status(), 'deployed')
      noneRefused(t, await stop())
      for (const tenant of to) await filled(t, await namespaceOf(tenant))
    },
  )
}

/** @returns the statuses of all revisions, from the labels of the Secrets of Helm, which is faster than running Helm */
async function statuses(): Promise<string[]> {
  const jsonpath = '{range .items[*]}{.metadata.labels.version}-{.metadata.labels.status} {end}'
  const found = await kubectl('get', 'secrets', '-n', releaseNamespace, '-l', 'owner=helm', '-o', `jsonpath=${jsonpath}`)
  return found.trim().split(' ')
}

/** @returns the names of the webhook configurations of a tenant */
function namesOf(tenant: string): string[] {
  return ['', 'aggregated-'].flatMap(prefix => ['check', 'tenant'].map(what => `ecr-anywhere-${prefix}${what}-${tenant}`))
}

async function namespaceOf(tenant: string): Promise<string> {
  await product.namespace(`of-${tenant}`, tenant)
  return `of-${tenant}`
}

async function filled(t: Test, where: string): Promise<void> {
  const { code, stderr } = await apply(managedSecret({ namespace: where, name: 'ecr-pull' }))
  t.equal(code, 0, stderr)
  t.match((await storedSecret(node, { namespace: where, name: 'ecr-pull' })).logins, { [ownRegistry]: /^AWS:/ })
}
