import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { tokenCalls, tokenSamples } from '../../src/tokens/token-calls.ts'

const fault = (code: string) => new Fault('transient', { code, found: code, wanted: 'a token', todo: 'Wait.' })
const token = { username: 'AWS', password: 'hunter2', expiresAtMs: 1_000 }
const keyOf = (region: string) => ({ tenant: 'a', scope: { kind: 'private', region, fips: false, dualStack: false } as const })
const labelsOf = ({ tenant, scope }: Parameters<Parameters<typeof tokenSamples>[1]>[0]) => ({
  tenant,
  region: scope.kind === 'private' ? scope.region : 'public',
})

/** Calls an AWS whose answers the test decides. */
function calling() {
  const recorded: string[] = []
  let answer: unknown = token
  const ask = tokenCalls({
    ask: async () => {
      if (answer instanceof Error) throw answer
      return token
    },
    labelsOf,
    count: ({ tenant, region, result }) => recorded.push(`${tenant} ${region} ${result}`),
    logger: {
      info: (fields, message) => recorded.push(`info ${JSON.stringify(fields)} ${message}`),
      error: (fields, message) => recorded.push(`error ${JSON.stringify(fields)} ${message}`),
    },
  })
  /** @returns the counted calls and the log lines */
  return async (next: unknown, region = 'us-east-1') => {
    answer = next
    const got = await ask(keyOf(region)).catch((error: unknown) => error)
    if (got !== next) throw new Error('found another answer than expected')
    return recorded.splice(0)
  }
}

const [denied, throttled] = [fault('AccessDeniedException'), fault('ThrottlingException')]
const line = (error: Error, region = 'us-east-1') =>
  `error {"tenant":"a","region":"${region}","error":"${error instanceof Fault ? error.message : error.name}"} no token`

t.test('every call is counted, and a failure is logged once for each new cause', async t => {
  const call = calling()
  t.strictSame(await call(token), ['a us-east-1 success'])
  t.strictSame(await call(denied), ['a us-east-1 AccessDeniedException', line(denied)])
  t.strictSame(await call(denied), ['a us-east-1 AccessDeniedException'])
  t.strictSame(await call(throttled), ['a us-east-1 ThrottlingException', line(throttled)])
  t.strictSame(await call(denied), ['a us-east-1 AccessDeniedException', line(denied)])
  t.strictSame(await call(token), ['a us-east-1 success', 'info {"tenant":"a","region":"us-east-1"} token received again'])
  t.strictSame(await call(token), ['a us-east-1 success'])
  t.strictSame(await call(denied), ['a us-east-1 AccessDeniedException', line(denied)])
})

t.test('regions do not hide the failures of each other', async t => {
  const call = calling()
  await call(denied)
  t.strictSame(await call(denied, 'eu-west-1'), ['a eu-west-1 AccessDeniedException', line(denied, 'eu-west-1')])
  t.strictSame(await call(token, 'us-west-2'), ['a us-west-2 success'])
})

t.test('an unexpected error is named only by its class', async t => {
  t.strictSame(await calling()(new TypeError('hunter2')), ['a us-east-1 error', line(new TypeError('hunter2'))])
})

t.test('metrics receive the cached tokens and the result of the last call', async t => {
  const cached = { value: token, loadedAtMs: 0, jitter: 0 }
  const entries = [
    { key: keyOf('one'), cached },
    { key: keyOf('two'), cached, error: denied },
    { key: keyOf('three'), error: denied },
    { key: keyOf('four') },
  ]
  t.strictSame(tokenSamples(entries, labelsOf), [
    { tenant: 'a', region: 'one', expiresAtMs: 1_000, isGood: true },
    { tenant: 'a', region: 'two', expiresAtMs: 1_000, isGood: false },
    { tenant: 'a', region: 'three', isGood: false },
    { tenant: 'a', region: 'four' },
  ])
})
