import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { findPrincipals } from '../../src/aws/principals.ts'

const fault = (code: string) => new Fault('transient', { code, found: code, wanted: 'an answer', todo: 'Wait.' })
const principal = { arn: 'arn:aws:iam::111122223333:user/alice', account: '111122223333', partition: 'aws' }

/** Finds the principal of one tenant, whose first answers are these faults. */
function finding(faults: Fault[]) {
  const waits: number[] = []
  const reported: string[] = []
  const left = [...faults]
  const known = findPrincipals({
    clients: new Map([['a', { principal: async () => (left.length > 0 ? Promise.reject(left.shift()) : principal) }]]),
    onFound: (tenant, arn) => reported.push(`${tenant} is ${arn}`),
    onProblem: (tenant, problem) => reported.push(`${tenant}: ${problem}`),
    wait: async ms => void waits.push(ms),
  })
  return { known, waits, reported }
}

t.test('a principal is requested until AWS returns it, with growing waits, and each new cause is reported once', async t => {
  const [denied, throttled] = [fault('AccessDenied'), fault('Throttling')]
  const { known, waits, reported } = finding([denied, denied, throttled, throttled, denied, denied, denied])
  t.strictSame(known.get('a'), {})
  await until('the principal is known', () => known.get('a')?.arn !== undefined)
  t.strictSame(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  t.strictSame(reported, [`a: ${denied.message}`, `a: ${throttled.message}`, `a: ${denied.message}`, `a is ${principal.arn}`])
  t.strictSame(known.get('a'), { arn: principal.arn })
})

t.test('while the principal is unknown, its error is available', async t => {
  const denied = fault('AccessDenied')
  const { promise } = Promise.withResolvers<never>()
  const known = findPrincipals({
    clients: new Map([['a', { principal: () => Promise.reject(denied) }]]),
    onFound: () => {},
    onProblem: () => {},
    wait: () => promise,
  })
  await until('the error is known', () => known.get('a')?.error === denied)
  t.pass()
})

t.test('the errors of a long outage do not stay in memory', async t => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const tries = 1_000
  let asked = 0
  const faults: WeakRef<Fault>[] = []
  const { promise: never } = Promise.withResolvers<never>()
  findPrincipals({
    clients: new Map([
      [
        'a',
        {
          principal: async () => {
            const fault = new Fault('transient', { code: `Code${asked}`, found: 'a', wanted: 'b', todo: 'C.' })
            faults.push(new WeakRef(fault))
            throw fault
          },
        },
      ],
    ]),
    onFound: () => {},
    onProblem: () => {},
    wait: async () => {
      asked += 1
      if (asked === tries) await never
    },
  })
  await until('all tries have failed', () => asked === tries)
  // An object that was dereferenced is kept until the current turn of the event loop has ended.
  await until('the errors are garbage-collected', async () => {
    await setImmediate()
    collectGarbage()
    return faults.filter(fault => fault.deref() !== undefined).length < tries / 10
  })
  t.pass()
})
