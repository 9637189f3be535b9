import t from 'tap'
import { certs } from '../../src/certs/certs.ts'
import { inspectPair, type Pair } from '../../src/certs/pair.ts'
import type { State } from '../../src/certs/plan.ts'
import { mintPair } from '../../src/certs/random/mint-pair.ts'
import type { Content } from '../../src/certs/stored.ts'
import { blocks, day, dnsNames, installedMs, waits } from './cluster.ts'

/** Pairs by age: the oldest has expired, the middle one is due, the new one is good. */
const nowMs = installedMs + 100 * day
const [expired, due, fresh, minted] = await Promise.all([0, 39, 99, 100].map(at => mintPair(dnsNames, installedMs + at * day)))
const cas = new Map([expired, due, fresh, minted].map((pair, at) => [pair?.ca.trim(), ['expired', 'due', 'fresh', 'minted'][at] ?? '']))

/** By which names the CAs of a bundle go. */
function named(bundle: string): string {
  return blocks(bundle)
    .map(ca => cas.get(ca) ?? 'unknown')
    .join(' ')
}

function held(pair: Pair | undefined): State['present'] {
  const validity = pair && inspectPair(pair, dnsNames)
  return pair && validity && { pair, validity }
}

/** Runs once from a state. @returns what was done to the cluster, in order */
async function done({ present, next, previousCas = '', phaseSinceMs, bundles = [] }: Partial<State> & { bundles?: string[] }) {
  const steps: string[] = []
  const nameOf = (pair: Pair | undefined) => (pair === undefined ? '-' : (cas.get(pair.ca.trim()) ?? ''))
  const say = ({ present, next, previousCas, phaseSinceMs }: Content) => {
    const time = phaseSinceMs === undefined ? 'without a time' : `since ${(nowMs - phaseSinceMs) / 1000} s`
    return `store ${nameOf(present)}, next ${nameOf(next)}, previous ${named(previousCas) || '-'}, ${time}`
  }
  const world = {
    readState: async () => ({ present, next, previousCas, phaseSinceMs }),
    readBundles: async () => bundles,
    mint: async () => minted as Pair,
    write: async (content: Content) => void steps.push(say(content)),
    publish: async (bundle: string) => steps.push(`publish ${named(bundle)}`),
  }
  const { phase } = await certs(world, { nowMs, ...waits })
  return [phase.do, ...steps]
}

const since = (ms: number) => ({ phaseSinceMs: nowMs - ms })
const cases: [about: string, state: Parameters<typeof done>[0], steps: string[]][] = [
  [
    'without a pair, one is made, trusted, then stored',
    {},
    ['repair', 'publish minted', 'store minted, next -, previous -, without a time'],
  ],
  [
    'an expired pair is replaced by a new one, whatever else is stored',
    { present: held(expired), next: held(fresh), ...since(1) },
    ['repair', 'publish minted', 'store minted, next -, previous -, without a time'],
  ],
  [
    'a lost pair is replaced, and what is published and has not expired stays trusted until webhooks have reloaded',
    { previousCas: due?.ca ?? '', bundles: [fresh?.ca ?? '', expired?.ca ?? ''] },
    ['repair', 'publish minted due fresh', 'store minted, next -, previous due fresh, since 0 s'],
  ],
  ['a good pair is published again and again', { present: held(fresh) }, ['nothing', 'publish fresh']],
  [
    'a pair that is due gets a next one, which is stored, then published beside it; its time counts from the next run, even if one is left over',
    { present: held(due), ...since(day) },
    ['prepare', 'store due, next minted, previous -, without a time', 'publish due minted'],
  ],
  [
    'the time of a next pair counts once every webhook trusts it',
    { present: held(due), next: held(fresh) },
    ['mark', 'publish due fresh', 'store due, next fresh, previous -, since 0 s'],
  ],
  [
    'until then the next pair waits',
    { present: held(due), next: held(fresh), ...since(waits.propagateMs - 1) },
    ['nothing', 'publish due fresh'],
  ],
  [
    'then it is served, and the old one stays trusted beside those before it',
    { present: held(due), next: held(fresh), previousCas: minted?.ca ?? '', ...since(waits.propagateMs) },
    ['promote', 'store fresh, next -, previous minted due, since 0 s', 'publish fresh minted due'],
  ],
  [
    'an old CA without a time gets one',
    { present: held(fresh), previousCas: due?.ca ?? '' },
    ['mark', 'publish fresh due', 'store fresh, next -, previous due, since 0 s'],
  ],
  [
    'an old CA stays trusted while webhooks may serve its pair',
    { present: held(fresh), previousCas: due?.ca ?? '', ...since(waits.reloadMs - 1) },
    ['nothing', 'publish fresh due'],
  ],
  [
    'then it is dropped, in the Secret first',
    { present: held(fresh), previousCas: due?.ca ?? '', ...since(waits.reloadMs) },
    ['finish', 'store fresh, next -, previous -, without a time', 'publish fresh'],
  ],
]

for (const [about, state, steps] of cases) t.test(about, async t => t.strictSame(await done(state), steps))
