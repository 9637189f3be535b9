import { certificatesIn, type Pair } from './pair.ts'
import { nextPhase, type Phase, type PhaseOptions, type State } from './plan.ts'
import type { Content } from './stored.ts'

/** What a run needs from the world. */
export interface CertsWorld {
  readState: () => Promise<State>
  write: (content: Content) => Promise<void>
  /** The bundles that are published now, one per webhook. */
  readBundles: () => Promise<string[]>
  /** Publishes to each webhook whose bundle differs. @returns how many did */
  publish: (bundle: string) => Promise<number>
  mint: (nowMs: number) => Promise<Pair>
}

/**
 * One phase of the life of the serving certificate. Each order of writes is such that a run that is killed between two of them leaves
 * API servers trusting whatever pair is served.
 *
 * @returns the phase that was carried out, and how many webhooks got another bundle
 */
export async function certs(world: CertsWorld, options: PhaseOptions): Promise<{ phase: Phase; published: number }> {
  const { nowMs } = options
  const state = await world.readState()
  const phase = nextPhase(state, options)
  const { present, next, previousCas } = state

  if (phase.do === 'repair' || present === undefined) {
    const pair = await world.mint(nowMs)
    const old = certificatesIn([previousCas, ...(await world.readBundles())].join('\n'), nowMs).join('')
    const bundle = bundleOf({ present: pair, previousCas: old }, nowMs)
    // Trusted first, then stored: webhooks may load it the moment it is.
    const published = await world.publish(bundle)
    await world.write({ present: pair, previousCas: old, ...(old === '' ? {} : { phaseSinceMs: nowMs }) })
    return { phase, published }
  }

  const stored: Content = { present: present.pair, next: next?.pair, previousCas, phaseSinceMs: state.phaseSinceMs }
  const wanted = await contentAfter(phase, stored, world, nowMs)
  if (phase.do === 'finish' || phase.do === 'prepare' || phase.do === 'promote') await world.write(wanted)
  const published = await world.publish(bundleOf(wanted, nowMs))
  // The time counts from when every bundle was right.
  if (phase.do === 'mark') await world.write(wanted)
  return { phase, published }
}

async function contentAfter(phase: Phase, stored: Content, world: CertsWorld, nowMs: number): Promise<Content> {
  switch (phase.do) {
    case 'prepare':
      return { ...stored, next: await world.mint(nowMs), phaseSinceMs: undefined }
    case 'mark':
      return { ...stored, phaseSinceMs: nowMs }
    case 'promote':
      return { present: stored.next ?? stored.present, previousCas: stored.previousCas + stored.present.ca, phaseSinceMs: nowMs }
    case 'finish':
      return { present: stored.present, previousCas: '' }
    default:
      return stored
  }
}

/** Every CA whose pair is, was lately or will soon be served. */
function bundleOf({ present, next, previousCas }: Content, nowMs: number): string {
  return certificatesIn([present.ca, next?.ca ?? '', previousCas].join('\n'), nowMs).join('')
}
