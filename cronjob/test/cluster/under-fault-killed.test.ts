import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { startCommand } from '@ecr-anywhere/scripts/testbed/started-command.ts'
import { startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'
import { clientOf, eachAtOnce, renewedIn, storeDue } from './due-secrets.ts'
import { startFailingProxy } from './failing-proxy.ts'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'killed' })
t.teardown(bed.stop)
const client = await clientOf(t, cluster.kubeconfig)

const kills = 50
const count = 8
/** The number of concurrent processes. Two cores do not start more of them any faster. */
const lanes = 3

/** A run that is killed at its `point`-th request, either before or while that request is forwarded. */
async function killed(namespace: string, { point, before }: { point: number; before: boolean }): Promise<number | null> {
  const file = join(bed.dir, `${namespace}.kubeconfig`)
  let arrived = 0
  const proxy = await startFailingProxy({
    kubeconfig: cluster.kubeconfig,
    file,
    before: async () => {
      if (++arrived !== point) return undefined
      run.kill('SIGKILL')
      if (before) await run.ended
      return undefined
    },
  })
  const env = { KUBECONFIG: file, NAMESPACES: namespace, REFRESH_CONCURRENCY: '3' }
  const run = startCommand(['refresh'], env)
  const code = await run.ended
  proxy.stop()
  return code
}

t.test(`after runs were killed at ${kills} random points, the next run completes the work`, async t => {
  const plan = Array.from({ length: kills }, (_, at) => ({
    namespace: `killed-${at}`,
    // The first request is the list, and each touch is another request.
    point: randomInt(1, count + 2),
    before: randomInt(2) === 0,
  }))
  t.comment(plan.map(({ point, before }) => `${point}${before ? ' before' : ''}`).join(', '))
  let names: string[] = []
  await eachAtOnce(plan, 4, async ({ namespace }) => {
    names = await storeDue(client, { id: 'killed', namespace, count })
  })
  const codes: (number | null)[] = []
  await eachAtOnce(plan, lanes, async one => codes.push(await killed(one.namespace, one)))
  t.same(
    codes.filter(code => code !== null),
    [],
    'none of the runs finished',
  )
  const namespaces = plan.map(({ namespace }) => namespace)
  const done = await Promise.all(namespaces.map(namespace => renewedIn(client, namespace)))
  const left = kills * count - done.flat().length
  t.ok(left > 0 && left < kills * count, `the killed runs renewed ${done.flat().length} of ${kills * count} Secrets`)
  const { code, stdout } = await bed.ecrAnywhere(['refresh'], { NAMESPACES: namespaces.join() })
  t.equal(code, 0, stdout)
  const [, due = '', refreshed] = new RegExp(`^checked ${kills * count}, due (\\d+), refreshed (\\d+), failed 0`).exec(stdout) ?? []
  t.equal(refreshed, due, stdout)
  // Requests of a killed run that the API server had received may end after this test has read the Secrets.
  t.ok(Number(due) <= left && Number(due) > left - kills * 3, 'renewed Secrets are not renewed again')
  for (const namespace of namespaces) t.same(await renewedIn(client, namespace), names, namespace)
})
