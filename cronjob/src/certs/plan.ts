import type { Pair, Validity } from './pair.ts'

/** What the TLS Secret holds, already inspected. */
export interface State {
  /** The pair that is served; undefined if there is none or it cannot be used. */
  present: { pair: Pair; validity: Validity } | undefined
  /** The pair that will be served next. */
  next: { pair: Pair; validity: Validity } | undefined
  /** PEM of CAs whose pairs may still be served somewhere. */
  previousCas: string
  /** When the present phase of a rotation began; undefined if there is none, or a run was killed before it wrote that. */
  phaseSinceMs: number | undefined
}

/** What one run shall do. Whatever it is, it then publishes the CAs of what is stored. */
export type Phase =
  /** No usable pair: make one. CAs that are published now stay, for pairs that are still served from memory. */
  | { do: 'repair'; why: string }
  /** Store the next pair beside the present one, in place of a next one that cannot be served, and publish both CAs. */
  | { do: 'prepare'; why: string }
  /** Both CAs are published: begin to count. */
  | { do: 'mark'; why: string }
  /** Make the next pair the served one. */
  | { do: 'promote'; why: string }
  /** Drop the old CA. */
  | { do: 'finish'; why: string }
  | { do: 'nothing'; why: string }

export interface PhaseOptions {
  nowMs: number
  propagateMs: number
  reloadMs: number
}

/** Renewal at this part of a pair's life leaves 30 of 90 days to notice that it fails. */
export const renewAtPart = 2 / 3

/** The next phase, from what is stored and the time alone: a run that was killed is simply planned again. */
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
    ? { do: 'prepare', why: 'two thirds of its life are over' }
    : { do: 'nothing', why: 'the serving certificate is good' }
}

function isValidAt({ notBeforeMs, notAfterMs }: Validity, nowMs: number): boolean {
  return notBeforeMs <= nowMs && nowMs < notAfterMs
}
