import { certificatesIn, type Pair } from './pair.ts'
import { nextPhase, type Phase, type PhaseOptions, type State } from './plan.ts'
import type { Content } from './stored.ts'

/** The effects that a run needs. */
export interface CertsWorld {
  readState: () => Promise<State>
  write: (content: Content) => Promise<void>
  /** The CA bundles that are currently published, one per webhook. */
  readBundles: () => Promise<string[]>
  /** Publishes the bundle to each webhook whose bundle differs. @returns the number of those webhooks */
  publish: (bundle: string) => Promise<number>
  mint: (nowMs: number) => Promise<Pair>
}

/**
 * Carries out one phase of the rotation of the serving certificate. The writes are ordered so that API servers always trust the served
 * pair, even if a run is killed between two writes.
 *
 * @returns the phase that was carried out, and the number of webhooks whose bundle changed
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
    // The CA is published before the pair is stored, because webhooks may load the pair as soon as it is stored.
    const published = await world.publish(bundle)
    await world.write({ present: pair, previousCas: old, ...(old === '' ? {} : { phaseSinceMs: nowMs }) })
    return { phase, published }
  }

  const stored: Content = { present: present.pair, next: next?.pair, previousCas, phaseSinceMs: state.phaseSinceMs }
  const wanted = await contentAfter(phase, stored, world, nowMs)
  if (phase.do === 'finish' || phase.do === 'prepare' || phase.do === 'promote') await world.write(wanted)
  const published = await world.publish(bundleOf(wanted, nowMs))
  // The propagation time starts once every bundle is published.
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

/** The CAs of the present, the next and the previous pairs. */
function bundleOf({ present, next, previousCas }: Content, nowMs: number): string {
  return certificatesIn([present.ca, next?.ca, previousCas].join('\n'), nowMs).join('')
}
