import { setTimeout as sleep } from 'node:timers/promises'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import t from 'tap'
import { refresh } from '../../src/refresh/refresh.ts'
import { exitCodeOf, summaryOf } from '../../src/refresh/report.ts'
import { clientOf, eachAtOnce, renewedIn, storeDue } from './due-secrets.ts'
import { edit, editsIn } from './user-edits.ts'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'users' })
t.teardown(bed.stop)
const client = await clientOf(t, cluster.kubeconfig)
const hours = 3_600_000
const edits = 1_000

t.test('two concurrent runs both succeed and renew everything', async t => {
  const namespace = 'users-two-runs'
  const names = await storeDue(client, { id: 'users', namespace, count: 100 })
  const runs = await Promise.all([1, 2].map(() => bed.ecrAnywhere(['refresh'], { NAMESPACES: namespace })))
  for (const { code, stdout } of runs) {
    t.equal(code, 0, stdout)
    t.match(stdout, /^checked 100, .* failed 0/)
  }
  t.same(await renewedIn(client, namespace), names)
})

t.test(`no edit is lost and all credentials are valid after ${edits} edits by users while two refreshers touch the Secrets`, async t => {
  const namespace = 'users-edit'
  const names = await storeDue(client, { id: 'users', namespace, count: 20 })
  let editing = true
  let seconds = 0
  const world = {
    kubernetes: kubernetes(client, { retries: { sleep, random: Math.random } }),
    // Each touch has a unique mark, so that each of them is a write.
    nowMs: () => Date.now() + 1000 * ++seconds,
    onTouched: () => {},
    stoppedBy: () => undefined,
  }
  const none = { namespace: undefined, pullSecrets: undefined }
  const options = { ...none, refreshBeforeMs: 6 * hours, concurrency: 4, force: true, dryRun: false, namespaces: [namespace] }
  const totals = { touches: 0, failed: 0 }
  const refresher = async () => {
    while (editing) {
      const summary = summaryOf(await refresh(world, options))
      totals.touches += summary.refreshed
      totals.failed += exitCodeOf(summary)
    }
  }
  const refreshers = [refresher(), refresher()]
  const editor = await clientOf(t, cluster.kubeconfig)
  let conflicts = 0
  await eachAtOnce(Array.from({ length: edits }).keys(), 6, async at => {
    conflicts += await edit(editor, { namespace, name: names[at % names.length] ?? '', at })
  })
  editing = false
  await Promise.all(refreshers)
  t.equal(totals.failed, 0, 'no run failed')
  t.ok(totals.touches >= edits / 2, `there were ${totals.touches} touches in the meantime, and users had ${conflicts} conflicts`)
  const found = await editsIn(client, namespace)
  t.same(
    found.edits,
    Array.from({ length: edits }, (_, at) => at),
    'every edit is stored',
  )
  t.same(found.logins, Object.fromEntries(names.map(name => [name, ['AWS', ownRegistry]])), 'every Secret has its credentials')
  t.same(await renewedIn(client, namespace), names)
})
