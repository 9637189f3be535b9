import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { Fault } from '../../src/fault.ts'
import { inform } from '../../src/kube/inform.ts'
import type { KubeAnswer, KubeRequest } from '../../src/kube/transport.ts'

const set = { apiVersion: 'v1', kind: 'Namespace' }
const meta = (name: string, resourceVersion = '1') => ({ metadata: { name, resourceVersion } })
const list = (names: string[], resourceVersion: string, next = '') => ({
  status: 200,
  body: { items: names.map(name => meta(name)), metadata: { resourceVersion, continue: next } },
})
const line = (type: string, name: string, version: string) => JSON.stringify({ type, object: meta(name, version) })
const gone = JSON.stringify({ type: 'ERROR', object: { code: 410, message: 'too old' } })
const broken = new Fault('transient', { code: 'ECONNRESET', found: 'ECONNRESET', wanted: 'an answer', todo: 'Wait.' })

type Watch = (string | Fault)[]

/** Informs from an API server with these lists and watches, and stops after the last watch. @returns what was reported and sent */
async function informed(lists: (Partial<KubeAnswer> | Fault)[], watches: Watch[]) {
  const stopping = new AbortController()
  const log: string[] = []
  const waits: number[] = []
  const sent: string[] = []
  const remember = ({ path }: KubeRequest) => {
    const { searchParams: query } = new URL(path, 'https://api')
    sent.push(query.has('watch') ? `watch ${query.get('resourceVersion')}` : 'list')
  }
  async function* lines(watch: Watch) {
    for (const one of watch) {
      if (one instanceof Fault) throw one
      yield one
    }
    if (watches.length === 0) stopping.abort()
  }
  await inform(
    set,
    { labelSelector: 'a' },
    {
      found: ({ name }, how) => log.push(`${how} ${name}`),
      lost: name => log.push(`lost ${name}`),
      listed: names => log.push(`all ${[...names].join()}`),
      inContact: () => {},
      problem: text => log.push(`problem ${/found (HTTP \d+|\w+)/.exec(text)?.[1]}`),
    },
    {
      transport: {
        request: async request => {
          remember(request)
          const answer = lists.shift()
          if (answer instanceof Fault) throw answer
          return { status: 500, body: undefined, warnings: [], retryAfterSeconds: undefined, ...answer }
        },
        open: async request => {
          remember(request)
          return {
            answer: { status: 200, body: undefined, warnings: [], retryAfterSeconds: undefined },
            lines: lines(watches.shift() ?? []),
          }
        },
      },
      sleep: async ms => {
        waits.push(ms)
        await setImmediate()
      },
      random: () => 1,
      signal: stopping.signal,
    },
  )
  return { log, waits, sent }
}

t.test('all pages are listed, and the watch begins at the version of the first page, so that no change is missed', async t => {
  const { log, sent } = await informed(
    [list(['a'], '5', 'more'), list(['b'], '6')],
    [[line('MODIFIED', 'a', '7'), line('DELETED', 'b', '8')]],
  )
  t.strictSame(log, ['listed a', 'listed b', 'all a,b', 'changed a', 'lost b'])
  t.strictSame(sent, ['list', 'list', 'watch 5'])
})

t.test('a watch that ends or breaks goes on from the last event or bookmark, without another list', async t => {
  const watches = [[line('ADDED', 'a', '6')], [line('BOOKMARK', '', '9'), broken], [broken], [line('ADDED', 'b', '10')]]
  const { log, sent } = await informed([list([], '5')], watches)
  t.strictSame(sent, ['list', 'watch 5', 'watch 6', 'watch 9', 'watch 9'])
  t.strictSame(log, ['all ', 'changed a', 'problem ECONNRESET', 'problem ECONNRESET', 'changed b'])
})

t.test('after HTTP 410 the set is listed again', async t => {
  const { log, sent } = await informed([list(['a'], '5'), list(['b'], '50')], [[gone], [line('ADDED', 'c', '51')]])
  t.strictSame(sent, ['list', 'watch 5', 'list', 'watch 50'])
  t.strictSame(log, ['listed a', 'all a', 'problem HTTP 410', 'listed b', 'all b', 'changed c'])
})

t.test('while the API server is down the waits double up to 10 s, and are short again afterwards', async t => {
  const lists = [...Array.from({ length: 7 }, () => broken), list([], '5')]
  const { waits, log } = await informed(lists, [[broken], [line('ADDED', 'a', '6')], []])
  t.strictSame(waits, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 1_000, 500, 500])
  t.equal(log.filter(text => text === 'problem ECONNRESET').length, 8)
})

t.test('a list that is refused is tried again', async t => {
  const { log, sent } = await informed([{ status: 403, body: { message: 'no right' } }, list(['a'], '5')], [[]])
  t.strictSame(log, ['problem HTTP 403', 'listed a', 'all a'])
  t.strictSame(sent, ['list', 'list', 'watch 5'])
})
