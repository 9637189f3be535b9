import { startControlPlane } from '@ecr-anywhere/scripts/cluster/control-plane.ts'
import type { ApiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { startCommand } from '@ecr-anywhere/scripts/testbed/started-command.ts'
import { startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { clientOf, managedIn, renewedIn, storeDue } from './due-secrets.ts'

// This test has its own control plane, because it kills the API server.
const cluster = await startControlPlane()
t.teardown(() => cluster.stop())
const bed = await startTestbed({ cluster, id: 'restart' })
t.teardown(bed.stop)

const count = 600
/** The shortest outage that the retries of a touch always outlast. */
const sureMs = 9_750
/** @returns the number of touches that reached the webhook */
const admitted = () => bed.webhook().logs().split('"msg":"admission"').length - 1

for (const concurrency of [4, 16]) {
  t.test(`a refresh with ${concurrency} touches in flight succeeds although the API server is killed and restarted`, async t => {
    const client = await clientOf(t, cluster.kubeconfig)
    const namespace = `restart-${concurrency}`
    const names = await storeDue(client, { id: 'restart', namespace, count })
    const before = admitted()
    const run = startCommand(['refresh'], {
      KUBECONFIG: cluster.kubeconfig,
      NAMESPACES: namespace,
      REFRESH_CONCURRENCY: String(concurrency),
    })
    await until('the run is in progress', () => admitted() - before > 20)
    const killedAtMs = Date.now()
    await cluster.restartApiServer()
    const awayMs = Date.now() - killedAtMs
    const code = await run.ended
    // If a restart takes longer than the retries, on a busy machine, the next run must complete the work.
    if (code === 1 && awayMs > sureMs) t.match(await bed.ecrAnywhere(['refresh'], { NAMESPACES: namespace }), { code: 0 })
    else
      t.match(
        { code, stdout: run.stdout() },
        { code: 0, stdout: new RegExp(`^checked ${count}, due ${count}, refreshed ${count}, failed 0`) },
      )
    t.same(await renewedIn(client, namespace), names)
    const marks = await marksIn(client, namespace)
    const after = marks.filter(atMs => atMs > killedAtMs).length
    t.ok(
      after > 0 && after < count,
      `the run was in progress: ${after} of ${count} Secrets came after the kill, and the outage took ${awayMs} ms`,
    )
  })
}

/** The time of the touch of each Secret. */
async function marksIn(client: ApiUser, namespace: string): Promise<number[]> {
  return (await managedIn(client, namespace)).map(({ annotations: notes }) => Date.parse(notes[annotations.markedForUpdateAt] ?? ''))
}
