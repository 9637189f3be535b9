import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'
import { clientOf, renewedIn, storeDue } from './due-secrets.ts'
import { type Failing, refreshThrough } from './refresh-through.ts'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'storms' })
t.teardown(bed.stop)
const client = await clientOf(t, cluster.kubeconfig)
/** The number of Secrets, which equals the concurrency. */
const count = 16
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

const refreshBehind = (namespaces: string[], options: Failing) => refreshThrough(options, { bed, cluster, namespaces })

const storms: [status: number, times: number, retryAfter: string | undefined][] = [
  [409, 3, undefined],
  [429, 2, '1'],
  [500, 2, undefined],
  [502, 2, undefined],
  [503, 2, '1'],
  [504, 2, undefined],
]

for (const [status, times, retryAfter] of storms) {
  const header = retryAfter === undefined ? '' : `, Retry-After ${retryAfter}`
  t.test(`if each touch is answered with ${status} ${times} times${header}, the same run renews all Secrets`, async t => {
    const namespace = `storm-${status}`
    const names = await storeDue(client, { id: 'storms', namespace, count })
    const arrivals = new Map<string, number[]>()
    const { code, stdout } = await refreshBehind([namespace], {
      before: ({ secret }) => {
        if (secret === undefined) return undefined
        const times_ = [...(arrivals.get(secret) ?? []), performance.now()]
        arrivals.set(secret, times_)
        return times_.length > times ? undefined : { status, ...(retryAfter && { headers: { 'retry-after': retryAfter } }) }
      },
    })
    t.equal(code, 0, stdout)
    t.match(stdout, new RegExp(`^checked ${count}, due ${count}, refreshed ${count}, failed 0`))
    t.same(await renewedIn(client, namespace), names)
    t.ok(
      [...arrivals.values()].every(one => one.length === times + 1),
      'there are no more requests than needed',
    )
    if (retryAfter === undefined) return
    const shortestMs = Math.min(...[...arrivals.values()].flatMap(one => one.slice(1).map((atMs, at) => atMs - (one[at] ?? 0))))
    t.ok(shortestMs >= Number(retryAfter) * 1000 - 5, `the run waited for the time in Retry-After: ${Math.round(shortestMs)} ms`)
  })
}

t.test('the list is retried after the answers 429 and 503', async t => {
  const namespace = 'storm-list'
  const names = await storeDue(client, { id: 'storms', namespace, count })
  const answers = [429, 503, 409]
  const { code, stdout } = await refreshBehind([namespace], {
    before: ({ method }) => {
      const status = method === 'GET' ? answers.shift() : undefined
      return status === undefined ? undefined : { status, headers: { 'retry-after': '1' } }
    },
  })
  t.equal(code, 0, stdout)
  t.same(await renewedIn(client, namespace), names)
})

t.test('if the API server is unavailable for 8 s while all touches are in flight, the same run renews all Secrets', async t => {
  const namespace = 'storm-away'
  const names = await storeDue(client, { id: 'storms', namespace, count })
  let backAtMs = Number.NaN
  const { code, stdout } = await refreshBehind([namespace], {
    before: ({ secret }) => {
      if (secret !== undefined && Number.isNaN(backAtMs)) backAtMs = performance.now() + 8_000
      if (performance.now() < backAtMs) throw new Error('no process listens')
      return undefined
    },
  })
  t.equal(code, 0, stdout)
  t.same(await renewedIn(client, namespace), names)
})

t.test('if errors do not end, their Secrets fail and are reported with the cause, and all others are renewed', async t => {
  const namespace = 'storm-endless'
  const names = await storeDue(client, { id: 'storms', namespace, count })
  const met = names.slice(0, 5)
  const { code, stdout, stderr } = await refreshBehind([namespace], {
    before: ({ secret }) => (secret !== undefined && met.includes(secret) ? { status: 500 } : undefined),
  })
  t.equal(code, 1)
  t.match(stdout, /^checked 16, due 16, refreshed 11, failed 5/)
  t.match(lastLine(stdout), /^refresh failed: 5 Secrets were not renewed; storm-endless\/due-000\d: refused with 500$/)
  for (const name of met) t.match(stderr, new RegExp(`name=${name} cause="refused with 500"`))
  t.same(await renewedIn(client, namespace), names.slice(5))
  t.match(await bed.ecrAnywhere(['refresh'], { NAMESPACES: namespace }), { code: 0, stdout: /^checked 16, due 5, refreshed 5, failed 0/ })
  t.same(await renewedIn(client, namespace), names)
})
