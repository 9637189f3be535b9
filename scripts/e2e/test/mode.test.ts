import t from 'tap'
import { startProduct, valuesFor } from '../product.ts'
import { noneRefused, startStream } from '../stream.ts'

const namespace = 'apps'
const product = await startProduct(t)
const values = (attestation: object) => ({ ...valuesFor(product), attestation })
const policy = values({ mode: 'policy' })
const both = values({ mode: 'aggregated' })
const aggregated = values({ mode: 'aggregated', aggregated: { tickets: false } })
await product.namespace(namespace, 'enabled')

/** What the webhooks say of themselves, and who the API server calls for tenant default. */
async function inForce() {
  const jsonpath = '{.items[*].webhooks[*].clientConfig.service.name}'
  const selector = 'app.kubernetes.io/component=webhook'
  const called = await product.kubectl('get', 'mutatingwebhookconfigurations', '-l', selector, '-o', `jsonpath=${jsonpath}`)
  const apis = await product.kubectl('get', 'apiservices', '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'name')
  const policies = await product.kubectl('get', 'mutatingadmissionpolicies', '-l', selector, '-o', 'name')
  return `${called}${apis === '' ? '' : ', aggregated'}${policies === '' ? '' : ', tickets'}`
}

t.test('the automatic choice on this version of Kubernetes installs, and says what it chose', async t => {
  const { code, stdout, stderr } = await product.install(values({}))
  t.equal(code, 0, stderr)
  t.match(stdout, /attestation "aggregated" \(chosen for Kubernetes v1\.36/)
  t.match(stdout, /kubectl delete apiservice v1\.admission\.ecr-anywhere\.centml\.ai/)
  t.equal(await inForce(), 'kubernetes ecr-anywhere-webhook, aggregated, tickets')
})

t.test('the mode changes under updates, in one upgrade each and back by a rollback: none is refused', async t => {
  const stop = await startStream(t, product, namespace)
  for (const [next, expected] of [
    [aggregated, 'kubernetes ecr-anywhere-webhook, aggregated'],
    [both, 'kubernetes ecr-anywhere-webhook, aggregated, tickets'],
    [policy, 'ecr-anywhere-webhook, tickets'],
  ] as const) {
    const { code, stderr } = await product.upgrade(next)
    t.equal(code, 0, stderr)
    t.equal(await inForce(), expected)
  }
  const { code, stderr } = await product.helm(['rollback', 'pull', '--wait'])
  t.equal(code, 0, stderr)
  t.equal(await inForce(), 'kubernetes ecr-anywhere-webhook, aggregated, tickets')
  noneRefused(t, await stop())
})

t.test('uninstalled, nothing of the aggregated API is left', async t => {
  const { code, stderr } = await product.helm(['uninstall', 'pull', '--wait'])
  t.equal(code, 0, stderr)
  t.equal(await product.kubectl('get', 'apiservices', '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'name'), '')
  t.equal(
    await product.kubectl('get', 'role,rolebinding', '-n', 'kube-system', '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'name'),
    '',
  )
})
