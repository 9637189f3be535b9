import { join } from 'node:path'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { startKubeProxy } from '@ecr-anywhere/scripts/testbed/recording-proxy.ts'
import { serviceAccount } from '@ecr-anywhere/scripts/testbed/service-account.ts'
import { startCommand } from '@ecr-anywhere/scripts/testbed/started-command.ts'
import { must, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'
import { names, sixDue } from './six-due.ts'

const namespace = 'faults'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'refresh-faults' })
const { ecrAnywhere } = bed
t.teardown(bed.stop)
await bed.namespace(namespace)
const { makeDue, renewed } = sixDue({ bed, cluster, namespace })

const refresh = (...args: string[]) => ecrAnywhere(['refresh', ...args])
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

t.test('while the webhook is down, all Secrets fail with the message of the API server, and the next run renews them', async t => {
  await makeDue()
  await bed.webhook().stop('SIGKILL')
  const { code, stdout } = await refresh()
  t.equal(code, 1)
  t.match(stdout, /^checked 6, due 6, refreshed 0, failed 6/m)
  t.match(lastLine(stdout), /^refresh failed: 6 Secrets were not renewed; .*failed calling webhook/)
  await bed.restartWebhook()
  t.equal((await refresh()).code, 0)
  t.same(await renewed(), names)
})

t.test('while the webhook is not registered, a touch that renewed nothing is reported as a failure', async t => {
  await makeDue()
  await must(kubectl('delete', 'mutatingwebhookconfiguration', 'refresh-faults-default'))
  const { code, stdout } = await until('the API server no longer calls the webhook', async () => {
    const outcome = await refresh()
    return outcome.stdout.includes('refreshed 0') && outcome
  })
  t.equal(code, 1)
  t.match(lastLine(stdout), /not renewed; faults\/[a-f]: the webhook was not called: check that the namespace is labelled/)
  await must(kubectl('apply', '--server-side', '-f', '-', manifests(...bed.registrations)))
  await must(ecrAnywhere(['certs']))
  await until('the API server calls the webhook again', async () => (await refresh()).code === 0)
  t.same(await renewed(), names)
})

t.test('if one namespace is forbidden, the run reports it and renews the others', async t => {
  await makeDue()
  await bed.namespace('faults-forbidden')
  await must(kubectl('apply', '-f', '-', manifests(managedSecret({ namespace: 'faults-forbidden', name: 'a' }))))
  const file = join(bed.dir, 'refresher.kubeconfig')
  await serviceAccount(cluster, { namespace, name: 'refresher', file })
  const account = `--serviceaccount=${namespace}:refresher`
  await must(kubectl('create', 'role', '-n', namespace, 'refresher', '--verb=list,patch', '--resource=secrets'))
  await must(kubectl('create', 'rolebinding', '-n', namespace, 'refresher', '--role=refresher', account))
  const namespaces = `${namespace},faults-forbidden`
  const { code, stdout, stderr } = await ecrAnywhere(['refresh'], { KUBECONFIG: file, NAMESPACES: namespaces })
  t.equal(code, 1)
  t.match(stdout, /^checked 6, due 6, refreshed 6, failed 0/m)
  t.match(lastLine(stdout), /^refresh failed: namespace faults-forbidden could not be listed: .*403.*\(RBAC\)/)
  t.match(lastLine(stderr), /^error: namespace could not be listed: namespace=faults-forbidden cause=.*forbidden/)
  t.same(await renewed(), names, 'no other rights are needed')
  const whole = await ecrAnywhere(['refresh', '--output', 'json'], { KUBECONFIG: file })
  t.equal(whole.code, 1)
  t.match(JSON.parse(whole.stdout), { error: /HTTP 403 on listing \/api\/v1\/namespaces: .*\(RBAC\)/ })
  await must(kubectl('delete', 'namespace', 'faults-forbidden'))
})

t.test('a Secret that is deleted between list and touch is not a failure', async t => {
  await makeDue()
  const file = join(bed.dir, 'deleting.kubeconfig')
  let deleted: Promise<unknown> | undefined
  const proxy = await startKubeProxy(cluster.kubeconfig, file, ({ method }) => {
    if (method !== 'PATCH') return undefined
    deleted ??= must(kubectl('delete', 'secret', '-n', namespace, 'c'))
    return deleted
  })
  t.teardown(proxy.stop)
  const { code, stdout } = await ecrAnywhere(['refresh', '--output', 'json'], { KUBECONFIG: file })
  t.equal(code, 0, stdout)
  t.match(JSON.parse(stdout), { checked: 6, due: 6, refreshed: 5, failed: 0, gone: 1 })
})

t.test('on SIGTERM a run finishes and reports the requests in flight, and leaves the other Secrets to the next run', async t => {
  await makeDue()
  const file = join(bed.dir, 'sigterm.kubeconfig')
  let touches = 0
  const proxy = await startKubeProxy(cluster.kubeconfig, file, async ({ method }) => {
    if (method !== 'PATCH' || ++touches !== 3) return
    run.kill('SIGTERM')
    await until('the run has received SIGTERM', () => run.stderr().includes('finishing the requests in flight'))
  })
  t.teardown(proxy.stop)
  const run = startCommand(['refresh'], { KUBECONFIG: file, REFRESH_CONCURRENCY: '1' })
  t.equal(await run.ended, 1)
  t.match(run.stdout(), /^checked 6, due 6, refreshed 3, failed 0/)
  t.equal(lastLine(run.stdout()), 'refresh failed: stopped by SIGTERM with 3 Secrets not processed; the next run processes them')
  t.equal((await renewed()).length, 3)
  t.match(await refresh(), { code: 0, stdout: /^checked 6, due 3, refreshed 3/m })
  t.same(await renewed(), names)
})

t.test('after SIGKILL the next run renews the remaining Secrets', async t => {
  await makeDue()
  const file = join(bed.dir, 'sigkill.kubeconfig')
  let touches = 0
  const proxy = await startKubeProxy(cluster.kubeconfig, file, async ({ method }) => {
    if (method !== 'PATCH' || ++touches !== 3) return
    run.kill('SIGKILL')
    await run.ended
  })
  t.teardown(proxy.stop)
  const run = startCommand(['refresh'], { KUBECONFIG: file, REFRESH_CONCURRENCY: '1' })
  t.equal(await run.ended, null)
  const { code, stdout } = await refresh()
  t.equal(code, 0)
  t.match(stdout, /^checked 6, due [34], refreshed [34], failed 0/m, 'two or three Secrets had been renewed')
  t.same(await renewed(), names)
})

t.test('requests are retried while the API server is unavailable for a moment', async t => {
  await makeDue()
  const file = join(bed.dir, 'broken.kubeconfig')
  let broken = 0
  const proxy = await startKubeProxy(cluster.kubeconfig, file, () => {
    if (++broken % 3 === 0) throw new Error('the connection breaks')
  })
  t.teardown(proxy.stop)
  const { code, stdout } = await ecrAnywhere(['refresh'], { KUBECONFIG: file })
  t.equal(code, 0, stdout)
  t.same(await renewed(), names)
})

t.test('all invalid settings are reported at once, with exit code 2 and without a request', async t => {
  const bad = { REFRESH_BEFORE: 'soon', REFRESH_CONCURRENCY: '0', LOG_LEVEL: 'loud', TOKEN_MAX_AGE: '5 minutes' }
  const { code, stdout } = await ecrAnywhere(['refresh'], bad)
  t.equal(code, 2)
  for (const [name, value] of Object.entries(bad)) t.match(stdout, new RegExp(`${name}: found "${value}", wanted `))
  const overlapping = await ecrAnywhere(['refresh'], { REFRESH_BEFORE: '10h', TOKEN_MAX_AGE: '1h' })
  t.match(overlapping, { code: 2, stdout: /sum of 11h or more/ })
  t.match(await refresh('--output', 'xml'), { code: 2, stdout: /--output: found "xml", wanted text or json/ })
  t.match(await refresh('--no-such-flag'), { code: 2 })
  for (const NAMESPACES of [',', 'Team A']) {
    const asJson = await ecrAnywhere(['refresh', '--output', 'json'], { NAMESPACES })
    t.equal(asJson.code, 2)
    t.match(JSON.parse(asJson.stdout), { error: /NAMESPACES: found/ })
  }
  t.match(await ecrAnywhere(['refresh'], { KUBECONFIG: '/nonexistent' }), { code: 2, stdout: /no usable cluster/ })
  const plain = join(bed.dir, 'plain.kubeconfig')
  await must(kubectl('config', '--kubeconfig', plain, 'set-cluster', 'c', '--server=http://127.0.0.1:1'))
  await must(kubectl('config', '--kubeconfig', plain, 'set-context', 'c', '--cluster=c'))
  await must(kubectl('config', '--kubeconfig', plain, 'use-context', 'c'))
  t.match(await ecrAnywhere(['refresh'], { KUBECONFIG: plain }), { code: 2, stdout: /127\.0\.0\.1:1 in plain HTTP; wanted https/ })
})
