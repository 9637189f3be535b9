import { startControlPlane } from '@ecr-anywhere/scripts/cluster/control-plane.ts'
import type { ApiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { startCommand } from '@ecr-anywhere/scripts/testbed/started-command.ts'
import { startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { clientOf, managedIn, renewedIn, storeDue } from './due-secrets.ts'

// Of its own: nobody else's test shall meet an API server that is killed.
const cluster = await startControlPlane()
t.teardown(() => cluster.stop())
const bed = await startTestbed({ cluster, id: 'restart' })
t.teardown(bed.stop)

const count = 600
/** What the retries of a touch outlast at the least. */
const sureMs = 9_750
/** How many touches have come through the API server to the webhook. */
const admitted = () => bed.webhook().logs().split('"msg":"admission"').length - 1

for (const concurrency of [4, 16]) {
  t.test(
    `the API server is killed in the middle of a refresh, ${concurrency} touches in flight, and comes back: the same run does all`,
    async t => {
      const client = await clientOf(t, cluster.kubeconfig)
      const namespace = `restart-${concurrency}`
      const names = await storeDue(client, { id: 'restart', namespace, count })
      const before = admitted()
      const run = startCommand(['refresh'], {
        KUBECONFIG: cluster.kubeconfig,
        NAMESPACES: namespace,
        REFRESH_CONCURRENCY: String(concurrency),
      })
      await until('it is in the middle', () => admitted() - before > 20)
      const killedAtMs = Date.now()
      await cluster.restartApiServer()
      const awayMs = Date.now() - killedAtMs
      const code = await run.ended
      // A machine that is so busy that a restart outlasts the retries proves the other half: the next run completes.
      if (code === 1 && awayMs > sureMs) t.match(await bed.ecrAnywhere(['refresh'], { NAMESPACES: namespace }), { code: 0 })
      else
        t.match(
          { code, stdout: run.stdout() },
          { code: 0, stdout: new RegExp(`^checked ${count}, due ${count}, refreshed ${count}, failed 0`) },
        )
      t.same(await renewedIn(client, namespace), names)
      const marks = await marksIn(client, namespace)
      const after = marks.filter(atMs => atMs > killedAtMs).length
      t.ok(after > 0 && after < count, `it was in the middle: ${after} of ${count} after the kill; away for ${awayMs} ms`)
    },
  )
}

/** When each Secret was touched. */
async function marksIn(client: ApiUser, namespace: string): Promise<number[]> {
  return (await managedIn(client, namespace)).map(({ annotations: notes }) => Date.parse(notes[annotations.markedForUpdateAt] ?? ''))
}
