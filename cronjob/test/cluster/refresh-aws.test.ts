import { ageSecrets } from '@ecr-anywhere/scripts/testbed/aged-secrets.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'
import { eventsIn } from './events-in.ts'
import { names, sixDue } from './six-due.ts'

const namespace = 'refresh-aws'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'refresh-aws' })
const { emulator, ecrAnywhere } = bed
t.teardown(bed.stop)
await bed.namespace(namespace)
const { makeDue, renewed } = sixDue({ bed, cluster, namespace })

const refresh = (...args: string[]) => ecrAnywhere(['refresh', ...args])
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

t.test('if AWS denies tokens, the log and Events name every Secret with the AWS code, and the next run renews all', async t => {
  await makeDue()
  emulator.fault({ fault: 'access-denied', api: 'ecr' })
  await bed.restartWebhook()
  const { code, stdout, stderr } = await refresh()
  t.equal(code, 1)
  const [summary, ...rest] = stdout.trimEnd().split('\n')
  t.match(summary, /^checked 6, due 6, refreshed 0, failed 6, earliest expiry/)
  t.equal(rest.length, 1)
  t.match(rest[0], /^refresh failed: 6 Secrets were not renewed; refresh-aws\/[a-f]: AccessDeniedException from AWS/)
  for (const name of names)
    t.match(stderr, new RegExp(`^error: not renewed: namespace=${namespace} name=${name} cause=".*AccessDeniedException.*$`, 'm'))
  const items = await eventsIn(cluster, namespace)
  t.same(items.map(({ involvedObject }) => involvedObject.name).sort(), names)
  for (const event of items)
    t.match(event, {
      type: 'Warning',
      reason: 'RefreshFailed',
      message: /AccessDeniedException/,
      involvedObject: { kind: 'Secret', namespace },
    })
  emulator.heal()
  t.equal((await refresh()).code, 0)
  t.same(await renewed(), names)
})

t.test('if AWS denies tokens and the credentials have expired, the message of the denial is the cause', async t => {
  await makeDue()
  await ageSecrets(cluster, { namespace, hours: 58 / 60 })
  emulator.fault({ fault: 'access-denied', api: 'ecr' })
  await bed.restartWebhook()
  const { code, stdout } = await refresh('--output', 'json')
  t.equal(code, 1)
  const { error, ...report } = JSON.parse(stdout)
  t.match(report, { failed: 6, failures: [{ secret: { namespace }, cause: /AccessDeniedException/ }] })
  t.match(
    error,
    /refresh-aws\/[a-f]: .*AccessDeniedException from ecr:GetAuthorizationToken in us-east-1 for tenant default, asked for .+; wanted .+\. Allow /,
  )
})

t.test('with --force, a run fails if AWS denies tokens, even if no Secret was due', async t => {
  await makeDue()
  t.equal((await refresh()).code, 0)
  emulator.fault({ fault: 'access-denied', api: 'ecr' })
  await bed.restartWebhook()
  const { code, stdout } = await refresh('--force')
  t.equal(code, 1)
  t.match(stdout, /^checked 6, due 0, refreshed 0, failed 6/m)
  t.match(lastLine(stdout), /AccessDeniedException from AWS; kept the old credentials/)
  t.equal((await refresh()).code, 0, 'without --force the run succeeds')
})
