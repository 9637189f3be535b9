import type { Pair, Validity } from './pair.ts'

/** The content of the TLS Secret, with the validity of its pairs. */
export interface State {
  /** The pair that is served; undefined if it is missing or unusable. */
  present: { pair: Pair; validity: Validity } | undefined
  /** The pair that will be served next. */
  next: { pair: Pair; validity: Validity } | undefined
  /** PEM of CAs whose pairs may still be served somewhere. */
  previousCas: string
  /** When the present phase of a rotation began; undefined if no rotation is under way, or if a run was killed before it wrote the time. */
  phaseSinceMs: number | undefined
}

/** What one run does. After each phase, the CAs of the stored pairs are published. */
export type Phase =
  /** Create a pair, because there is no usable one. Published CAs are kept for pairs that webhooks still serve from memory. */
  | { do: 'repair'; why: string }
  /** Store a next pair beside the present one, replacing an unusable next pair, and publish both CAs. */
  | { do: 'prepare'; why: string }
  /** Record when both CAs were published. */
  | { do: 'mark'; why: string }
  /** Make the next pair the one that is served. */
  | { do: 'promote'; why: string }
  /** Remove the CAs of previous pairs. */
  | { do: 'finish'; why: string }
  | { do: 'nothing'; why: string }

export interface PhaseOptions {
  nowMs: number
  propagateMs: number
  reloadMs: number
}

/** Renewal after this part of a pair's lifetime leaves 30 of 90 days to notice and fix a failure. */
export const renewAtPart = 2 / 3

/** The next phase, which depends only on the stored state and the time. So a run that was killed is planned again. */
export function nextPhase({ present, next, previousCas, phaseSinceMs }: State, { nowMs, propagateMs, reloadMs }: PhaseOptions): Phase {
  if (present === undefined) return { do: 'repair', why: 'no usable serving pair' }
  if (present.validity.notAfterMs <= nowMs) return { do: 'repair', why: 'the serving certificate has expired' }
  if (present.validity.notBeforeMs > nowMs) return { do: 'repair', why: 'the serving certificate is not valid yet' }
  const phaseMs = phaseSinceMs === undefined ? undefined : nowMs - phaseSinceMs
  if (next !== undefined) {
    if (!isValidAt(next.validity, nowMs)) return { do: 'prepare', why: 'the next serving certificate is not valid now' }
    if (phaseMs === undefined) return { do: 'mark', why: 'the next CA is published' }
    if (phaseMs >= propagateMs) return { do: 'promote', why: 'every API server knows the next CA' }
    return { do: 'nothing', why: 'the next CA is being published' }
  }
  if (previousCas !== '') {
    if (phaseMs === undefined) return { do: 'mark', why: 'a new pair is stored' }
    if (phaseMs >= reloadMs) return { do: 'finish', why: 'every webhook serves the new pair' }
    return { do: 'nothing', why: 'webhooks are loading the new pair' }
  }
  const { notBeforeMs, notAfterMs } = present.validity
  const renewAtMs = notBeforeMs + (notAfterMs - notBeforeMs) * renewAtPart
  return nowMs >= renewAtMs
    ? { do: 'prepare', why: 'two thirds of the lifetime of the serving certificate have passed' }
    : { do: 'nothing', why: 'the serving certificate is valid' }
}

function isValidAt({ notBeforeMs, notAfterMs }: Validity, nowMs: number): boolean {
  return notBeforeMs <= nowMs && nowMs < notAfterMs
}
