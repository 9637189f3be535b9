import t from 'tap'
import { within } from '../../testbed/within.ts'
import { ageServingPair, ageTickets, runCerts } from '../aged.ts'
import { killedCerts } from '../killed-certs.ts'
import { never, releaseNamespace, startProduct, valuesFor } from '../product.ts'
import { noneRefused, startStream } from '../stream.ts'

const namespace = 'apps'
// Longer than this node (with a sync every 5 s) and the webhook need to read a changed Secret. In a real cluster it takes minutes.
const certs = { propagate: '3s', reload: '20s' }
const allIsWell = /^certs: nothing \(the serving certificate is valid\); caBundle set on 0 webhooks; tickets unchanged/
const withinSeconds = 400

const product = await startProduct(t)
const { kubectl } = product
const installed = await product.install(valuesFor(product, { certs: { ...certs, schedule: never } }))
if (installed.code !== 0) throw new Error(installed.stderr)
await product.namespace(namespace, 'enabled')

t.test('no Secret is denied while the serving certificate and tickets rotate through all phases', async t => {
  await ageServingPair(product)
  await ageTickets(product)
  const before = await inUse()
  const stop = await startStream(t, product, namespace)
  const phases: string[] = []
  await within(withinSeconds, 'both have been rotated', async () => {
    const log = await runCerts(product)
    phases.push(...(/^certs: (\w+) /.exec(log)?.[1] ?? log).split(' '))
    return allIsWell.test(log) && unchanged(before, await inUse()).length === 0
  })
  noneRefused(t, await stop())
  const changedPhases = phases.filter(phase => phase !== 'nothing')
  t.same(changedPhases, ['prepare', 'mark', 'promote', 'finish'])
})

t.test('the same holds if each run is killed after its first write', async t => {
  await ageServingPair(product)
  await ageTickets(product)
  const before = await inUse()
  const run = await killedCerts(product)
  const stop = await startStream(t, product, namespace)
  const writes: string[] = []
  await within(withinSeconds, 'both have been rotated', async () => {
    const came = await run()
    if ('write' in came) writes.push(came.write)
    return 'log' in came && allIsWell.test(came.log) && unchanged(before, await inUse()).length === 0
  })
  noneRefused(t, await stop())
  console.error(`certs was killed ${writes.length} times`)
  for (const written of [/secrets\/ecr-anywhere-tls/, /secrets\/ecr-anywhere-tickets/, /mutatingwebhookconfigurations/])
    t.ok(writes.filter(write => written.test(write)).length >= 2, `${written}: ${writes}`)
})

t.test('without its TLS Secret the webhook continues to serve, and a run of certs creates the Secret again', async t => {
  const stop = await startStream(t, product, namespace)
  await kubectl('delete', 'secret', 'ecr-anywhere-tls', '-n', releaseNamespace)
  t.match(await runCerts(product), /^certs: repair \(no usable serving pair\)/)
  t.equal(await kubectl('get', 'secret', 'ecr-anywhere-tls', '-n', releaseNamespace, '-o', 'name'), 'secret/ecr-anywhere-tls\n')
  await within(withinSeconds, 'the CA of the lost pair is removed', async () => allIsWell.test(await runCerts(product)))
  noneRefused(t, await stop())
})

/** The rotated values by name: certificate, key, CA and tickets, and during a rotation the next or previous ones. */
async function inUse(): Promise<Record<string, string>> {
  const { items } = JSON.parse(
    await kubectl('get', 'secret', 'ecr-anywhere-tls', 'ecr-anywhere-tickets', '-n', releaseNamespace, '-o', 'json'),
  )
  return Object.assign({}, ...items.map(({ data }: { data: object }) => data))
}

/** @returns the names of the values that were not rotated completely */
function unchanged(before: Record<string, string>, after: Record<string, string>): string[] {
  const names = (found: object) => Object.keys(found).sort().join()
  if (names(before) !== names(after)) return [`${names(before)} became ${names(after)}`]
  return Object.keys(before).filter(name => before[name] === after[name])
}
