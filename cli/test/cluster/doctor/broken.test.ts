import { withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'
import { checks } from '../../../src/doctor/checks/checks.ts'
import type { Diagnosis } from '../../../src/doctor/diagnosis.ts'
import { findingText } from '../../../src/findings/finding.ts'
import { brokenAdmission } from './broken-admission.ts'
import { brokenJobs } from './broken-jobs.ts'
import { brokenRelease } from './broken-release.ts'
import { brokenSecrets } from './broken-secrets.ts'
import { testCommand } from './command.ts'
import { ownAddress, startDoctorWorld } from './world.ts'

const skip = (await withoutMutatingPolicies()) || (ownAddress() === undefined && 'this machine has no address but loopback')
/** Broken where the webhook is an aggregated API: see aggregated.test.ts. */
const elsewhere = ['front-proxy', 'api-service', 'api-service-available', 'rights-webhook']
const links = [...brokenRelease, ...brokenAdmission, ...brokenJobs, ...brokenSecrets]

t.test('every check has a test that breaks its link', async t => {
  t.strictSame([...new Set([...links.map(({ id }) => id), ...elsewhere])].toSorted(), checks.map(({ id }) => id).toSorted())
  t.ok(checks.length >= 30)
})

t.test('each broken link is named first', { skip }, async t => {
  const world = await startDoctorWorld(t)
  let last: Diagnosis | undefined
  const examined = async (options = {}) => {
    last = await world.examine(options)
    return last
  }
  const notOk = () =>
    (last?.results ?? []).filter(({ state }) => state !== 'ok').map(({ id, ...finding }) => `${id}: ${findingText(finding)}`)

  await t.test('the command', t => testCommand(t, world))

  for (const { id, said, break: breakLink, heal, options } of links) {
    await t.test(id, async t => {
      await breakLink?.(world)
      const given = await options?.(world)
      try {
        await until(`${id} is the cause`, async () => (await examined(given)).cause?.id === id)
        t.match(last?.cause === undefined ? '' : findingText(last.cause), said)
      } catch (error) {
        t.fail(String(error), { notOk: notOk() })
      } finally {
        given?.cluster?.close()
        await heal?.(world)
      }
    })
  }

  await t.test('every link that was broken is healed', async t => {
    await until('no link is broken', async () => (await examined()).cause === undefined).catch(() => {})
    t.strictSame(notOk(), [])
  })
})
