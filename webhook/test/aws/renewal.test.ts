import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, metricNames } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { otherHost, secret } from '../admission/secrets.ts'
import { madeMetrics } from '../http/made-metrics.ts'
import { hours, minutes, startAws, startReplica } from './replica.ts'

const { emulator, config } = await startAws(t, { tokenLifeSeconds: 12 * 3600 })
t.afterEach(() => emulator.heal())

/** The interval at which the webhook checks its tokens. */
const lookEveryMs = minutes / 2
const tenant = { name: 'default' }
const here = { object: secret() }
const elsewhere = { object: secret({ notes: { [annotations.registries]: otherHost } }) }

type Replica = ReturnType<typeof startReplica>

/** Advances the clock step by step. After each step the webhook checks its tokens and finishes its calls. `each` may end the loop. */
async function pass(replica: Replica, forMs: number, each: () => Promise<boolean | undefined> = async () => false): Promise<void> {
  for (let passedMs = 0; passedMs < forMs; passedMs += lookEveryMs) {
    replica.move(lookEveryMs)
    replica.renew()
    await replica.settled()
    if (await each()) return
  }
}

t.test('steady traffic in one region causes at most two calls in any hour, and no admission waits for AWS', async t => {
  const replica = startReplica(t, { config, tenant })
  emulator.setTokenLife(48 * 3600)
  const startMs = replica.nowMs()
  const callsAtMs: number[] = []
  let late = 0
  const admit = async () => {
    const before = replica.calls()
    const { result } = await replica.ask(here, '30s')
    if (result !== 'injected') t.fail(`an admission was ${result}`)
    late += replica.calls() - before
  }
  await admit()
  let seen = 0
  await pass(replica, 6 * hours, async () => {
    for (; seen < replica.calls(); seen += 1) callsAtMs.push(replica.nowMs() - startMs)
    await admit()
    return false
  })
  t.equal(late, 1, 'only the first admission waited for AWS')
  t.ok(replica.calls() >= 6, `the token is renewed, with ${replica.calls()} calls in 6 h`)
  for (const fromMs of callsAtMs) {
    const within = callsAtMs.filter(atMs => atMs >= fromMs && atMs < fromMs + hours).length
    t.ok(within <= 2, `there are ${within} calls in the hour from minute ${Math.round(fromMs / minutes)}`)
  }
})

t.test('a hundred replicas that start together do not renew together', async t => {
  const ends = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const replica = startReplica(t, { config, tenant })
      await replica.ask(here, '30s')
      let minute = 0
      for (; replica.calls() === 1; minute += 1) {
        replica.move(minutes)
        replica.renew()
      }
      return minute
    }),
  )
  t.ok(Math.min(...ends) >= 54 && Math.max(...ends) <= 67, `minutes ${Math.min(...ends)} to ${Math.max(...ends)}`)
  t.ok(new Set(ends).size > 6, 'the renewals are spread over the 12 minutes')
})

t.test('a region is renewed until 12 h after its last use, and regions in use are always renewed', async t => {
  const replica = startReplica(t, { config, tenant })
  emulator.setTokenLife(48 * 3600)
  const regions = () => replica.entries().map(({ key: { scope } }) => (scope.kind === 'private' ? scope.region : scope.kind))
  await replica.ask(elsewhere, '30s')
  const alone = replica.calls()
  await pass(replica, 12 * hours - minutes)
  t.ok(replica.calls() - alone >= 10, `there are ${replica.calls() - alone} renewals without a request`)
  t.same(regions(), ['eu-west-1'])
  await replica.ask(here, '30s')
  await pass(replica, 2 * minutes)
  t.same(regions(), ['us-east-1'], 'the region without requests is no longer cached')
  const callsElsewhere = () => emulator.calls().counts['ecr.GetAuthorizationToken.eu-west-1']
  const before = callsElsewhere()
  await pass(replica, 3 * hours)
  t.equal(callsElsewhere(), before, 'AWS is not called for that region again')
  t.same((await replica.ask(elsewhere, '30s')).result, 'injected', 'the next request gets a token for that region')
})

t.test('an outage is visible in the token counter within the hour, long before a Secret is due, while admissions succeed', async t => {
  const metrics = madeMetrics()
  const replica = startReplica(t, { config, tenant, tokenRequest: metrics.tokenRequest })
  emulator.setTokenLife(12 * 3600)
  await replica.ask(here, '30s')
  emulator.fault({ fault: 'access-denied', api: 'ecr' })
  const sample = `${metricNames.tokenRequests}{tenant="default",region="us-east-1",result="AccessDeniedException"}`
  const shows = async () => (await metrics.text()).includes(sample)
  t.notOk(await shows())
  // TOKEN_MAX_AGE with its jitter, and one interval.
  await pass(replica, 66 * minutes + lookEveryMs, shows)
  t.ok(await shows())
  const { result, response } = await replica.ask(here, '30s')
  t.equal(result, 'stale')
  t.equal(response.allowed, true)
  emulator.heal()
  t.ok(await until('AWS is called again', async () => (await replica.ask(here, '30s')).result === 'injected'))
})

t.test('100 concurrent requests with a cold cache cause one call, and requests during the call share it', async t => {
  const replica = startReplica(t, { config, tenant })
  emulator.fault({ fault: 'latency', api: 'ecr', ms: 300 })
  const first = Promise.all(Array.from({ length: 100 }, () => replica.ask(here, '30s')))
  await until('the call is in progress', () => replica.calls() === 1)
  replica.renew()
  const later = Promise.all(Array.from({ length: 100 }, () => replica.ask(here, '30s')))
  const passwords = [...(await first), ...(await later)].map(({ patched }) => patched.data?.['.dockerconfigjson'])
  t.equal(new Set(passwords).size, 1)
  t.equal(replica.calls(), 1)
})
