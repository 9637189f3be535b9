import t from 'tap'
import { certs } from '../../src/certs/certs.ts'
import { inspectPair, type Pair } from '../../src/certs/pair.ts'
import type { State } from '../../src/certs/plan.ts'
import { mintPair } from '../../src/certs/random/mint-pair.ts'
import type { Content } from '../../src/certs/stored.ts'
import { blocks, day, dnsNames, installedMs, waits } from './cluster.ts'

/** Pairs by age: the first has expired, the second is due, and the third is valid. */
const nowMs = installedMs + 100 * day
const [expired, due, fresh, minted] = await Promise.all([0, 39, 99, 100].map(at => mintPair(dnsNames, installedMs + at * day)))
const cas = new Map([expired, due, fresh, minted].map((pair, at) => [pair?.ca.trim(), ['expired', 'due', 'fresh', 'minted'][at] ?? '']))

/** The names of the CAs of a bundle, which API servers expect to contain nothing else. */
function named(bundle: string): string {
  const others = blocks(bundle).reduce((rest, block) => rest.replace(block, ''), bundle)
  if (others.trim() !== '') return `text that is no CA: ${others.trim()}`
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
    'if there is no pair, one is created, published and then stored',
    {},
    ['repair', 'publish minted', 'store minted, next -, previous -, without a time'],
  ],
  [
    'an expired pair is replaced by a new one, whatever else is stored',
    { present: held(expired), next: held(fresh), ...since(1) },
    ['repair', 'publish minted', 'store minted, next -, previous -, without a time'],
  ],
  [
    'a lost pair is replaced, and published CAs that have not expired stay published until webhooks have reloaded',
    { previousCas: due?.ca ?? '', bundles: [fresh?.ca ?? '', expired?.ca ?? ''] },
    ['repair', 'publish minted due fresh', 'store minted, next -, previous due fresh, since 0 s'],
  ],
  ['the CA of a valid pair is published in every run', { present: held(fresh) }, ['nothing', 'publish fresh']],
  [
    'for a due pair, a next pair is stored and then published beside it, and its time begins with the next run',
    { present: held(due), ...since(day) },
    ['prepare', 'store due, next minted, previous -, without a time', 'publish due minted'],
  ],
  [
    'the time of a next pair begins when its CA is in every bundle',
    { present: held(due), next: held(fresh) },
    ['mark', 'publish due fresh', 'store due, next fresh, previous -, since 0 s'],
  ],
  [
    'the next pair is not served before ROTATE_PROPAGATE has passed',
    { present: held(due), next: held(fresh), ...since(waits.propagateMs - 1) },
    ['nothing', 'publish due fresh'],
  ],
  [
    'after ROTATE_PROPAGATE the next pair is served, and the CA of the old pair stays published',
    { present: held(due), next: held(fresh), previousCas: minted?.ca ?? '', ...since(waits.propagateMs) },
    ['promote', 'store fresh, next -, previous minted due, since 0 s', 'publish fresh minted due'],
  ],
  [
    'an old CA without a time gets one',
    { present: held(fresh), previousCas: due?.ca ?? '' },
    ['mark', 'publish fresh due', 'store fresh, next -, previous due, since 0 s'],
  ],
  [
    'an old CA stays published while webhooks may serve its pair',
    { present: held(fresh), previousCas: due?.ca ?? '', ...since(waits.reloadMs - 1) },
    ['nothing', 'publish fresh due'],
  ],
  [
    'after that, the old CA is removed, first from the Secret',
    { present: held(fresh), previousCas: due?.ca ?? '', ...since(waits.reloadMs) },
    ['finish', 'store fresh, next -, previous -, without a time', 'publish fresh'],
  ],
]

for (const [about, state, steps] of cases) t.test(about, async t => t.strictSame(await done(state), steps))
