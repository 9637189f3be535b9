import t from 'tap'
import { cleanEnv, commandFile } from '../../testbed/command.ts'
import { managedSecret } from '../../testbed/manifest.ts'
import { allowOnly } from '../firewall.ts'
import { podNames } from '../processes.ts'
import { releaseNamespace, startProduct, valuesFor, webhookPods } from '../product.ts'
import { noneRefused, startStream } from '../stream.ts'

const namespace = 'apps'
const product = await startProduct(t)
const values = (attestation: object) => ({ ...valuesFor(product), attestation })
const policy = values({ mode: 'policy' })
const both = values({ mode: 'aggregated' })
const aggregated = values({ mode: 'aggregated', aggregated: { tickets: false } })
await product.namespace(namespace, 'enabled')

/** The attestation mode of the webhooks, and the service that the API server calls for tenant default. */
async function inForce() {
  const jsonpath = '{.items[*].webhooks[*].clientConfig.service.name}'
  const selector = 'app.kubernetes.io/component=webhook'
  const called = await product.kubectl('get', 'mutatingwebhookconfigurations', '-l', selector, '-o', `jsonpath=${jsonpath}`)
  const apis = await product.kubectl('get', 'apiservices', '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'name')
  const policies = await product.kubectl('get', 'mutatingadmissionpolicies', '-l', selector, '-o', 'name')
  // The other policy of the release is for pods.
  const writesTickets = policies.includes('ecr-anywhere-tenant-')
  return `${called}${apis === '' ? '' : ', aggregated'}${writesTickets ? ', tickets' : ''}`
}

/** Installs the product and creates a first Secret. Prints the time for both. */
async function installed(attestation: object) {
  const startedMs = performance.now()
  const outcome = await product.install(values(attestation))
  if (outcome.code !== 0) return outcome
  const { code, stderr } = await product.apply(managedSecret({ namespace, name: 'first' }))
  console.error(
    `${JSON.stringify(attestation)}: the first Secret had credentials after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
  )
  if (code !== 0) throw new Error(stderr)
  return outcome
}

/** Renews every managed Secret, whether it is due or not, from outside the cluster. */
function refreshAll() {
  const env = cleanEnv({ KUBECONFIG: product.node.kubeconfig })
  return product.node.exec(process.execPath, [commandFile, 'refresh', '--force'], { env })
}

/** Requests the metrics port of a pod of the webhook through the API server. */
async function throughMetricsPort() {
  const [pod = ''] = await podNames(product, webhookPods)
  return product.node.kubectl('get', '--raw', `/api/v1/namespaces/${releaseNamespace}/pods/${pod}:9090/proxy/livez`)
}

t.test('the automatic mode for this version of Kubernetes can be installed and is reported', async t => {
  const { code, stdout, stderr } = await installed({})
  t.equal(code, 0, stderr)
  t.match(stdout, /attestation "aggregated" \(chosen for Kubernetes v1\.36/)
  t.match(stdout, /kubectl delete apiservice v1\.admission\.ecr-anywhere\.centml\.ai/)
  t.equal(await inForce(), 'kubernetes ecr-anywhere-webhook, aggregated, tickets')
})

t.test('no update is denied while upgrades and a rollback change the mode', async t => {
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

t.test('each mode can also be installed directly, and needs no other port of pods than 10250 from the control plane', async t => {
  t.equal((await throughMetricsPort()).code, 0, 'without the firewall, the API server reaches other ports')
  const firewall = await allowOnly(product.node, 10250)
  for (const attestation of [{ mode: 'policy' }, { mode: 'aggregated', aggregated: { tickets: false } }]) {
    t.equal((await product.helm(['uninstall', 'pull', '--wait'])).code, 0)
    await product.kubectl('delete', 'secret', '-n', namespace, 'first')
    const before = await firewall.connections()
    const { code, stderr } = await installed(attestation)
    t.equal(code, 0, stderr)
    const checked = await product.helm(['test', 'pull'])
    t.equal(checked.code, 0, checked.stdout + checked.stderr)
    const refreshed = await refreshAll()
    t.equal(refreshed.code, 0, refreshed.stderr)
    // With the Secrets of the stream.
    t.match(refreshed.stdout, /refreshed [1-9]\d*, failed 0/)
    const { allowed, refused } = await firewall.connections()
    t.ok(allowed > before.allowed, 'the API server called the webhook through the firewall')
    t.equal(refused, 0, 'it did not try another port')
  }
  t.not((await throughMetricsPort()).code, 0, 'the firewall refuses another port')
  t.ok((await firewall.connections()).refused > 0)
})

t.test('after an uninstall, no object of the aggregated API is left', async t => {
  const { code, stderr } = await product.helm(['uninstall', 'pull', '--wait'])
  t.equal(code, 0, stderr)
  t.equal(await product.kubectl('get', 'apiservices', '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'name'), '')
  t.equal(
    await product.kubectl('get', 'role,rolebinding', '-n', 'kube-system', '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'name'),
    '',
  )
})
