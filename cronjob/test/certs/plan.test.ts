import t from 'tap'
import { nextPhase, type State } from '../../src/certs/plan.ts'

const day = 24 * 3_600_000
const nowMs = 1_000 * day
const options = { nowMs, propagateMs: 120_000, reloadMs: 300_000 }
const held = (ageDays: number) => ({
  pair: { cert: '', key: '', ca: '' },
  validity: { notBeforeMs: nowMs - ageDays * day, notAfterMs: nowMs + (90 - ageDays) * day },
})
/** A pair with this validity, in milliseconds from now. */
const valid = (notBeforeInMs: number, notAfterInMs: number) => ({
  pair: { cert: '', key: '', ca: '' },
  validity: { notBeforeMs: nowMs + notBeforeInMs, notAfterMs: nowMs + notAfterInMs },
})
const good: State = { present: held(1), next: undefined, previousCas: '', phaseSinceMs: undefined }
const since = (ms: number) => ({ phaseSinceMs: nowMs - ms })

const phases: [about: string, state: State, phase: string][] = [
  ['there is no pair', { ...good, present: undefined }, 'repair'],
  ['there is a next pair and no current one', { ...good, present: undefined, next: held(0) }, 'repair'],
  ['the pair has expired', { ...good, present: held(91) }, 'repair'],
  ['the pair expires now', { ...good, present: held(90) }, 'repair'],
  ['the pair expires in a millisecond', { ...good, present: valid(-90 * day, 1) }, 'prepare'],
  ['the pair has expired, and there is a next one', { ...good, present: held(91), next: held(1), ...since(120_000) }, 'repair'],
  ['the pair has expired, and there is an old CA', { ...good, present: held(91), previousCas: 'x', ...since(300_000) }, 'repair'],
  ['the pair becomes valid now', { ...good, present: valid(0, 90 * day) }, 'nothing'],
  ['the pair becomes valid in a millisecond', { ...good, present: valid(1, 90 * day) }, 'repair'],
  ['the pair is not valid yet, and there is a next one', { ...good, present: held(-1), next: held(1), ...since(120_000) }, 'repair'],
  ['the next pair has expired', { ...good, next: valid(-90 * day, 0), ...since(120_000) }, 'prepare'],
  ['the next pair has expired and has no time', { ...good, next: valid(-90 * day, 0) }, 'prepare'],
  ['the next pair expires in a millisecond', { ...good, next: valid(-90 * day, 1), ...since(120_000) }, 'promote'],
  ['the next pair is not valid yet', { ...good, next: valid(1, 90 * day), ...since(120_000) }, 'prepare'],
  ['the next pair becomes valid now', { ...good, next: valid(0, 90 * day), ...since(120_000) }, 'promote'],
  ['the pair is new', good, 'nothing'],
  ['just below two thirds of its lifetime have passed', { ...good, present: held(59.99) }, 'nothing'],
  ['two thirds of its lifetime have passed', { ...good, present: held(60) }, 'prepare'],
  ['the next pair is stored and has no time yet', { ...good, next: held(0) }, 'mark'],
  ['the next CA was published a moment ago', { ...good, next: held(0), ...since(119_999) }, 'nothing'],
  ['the next CA was published long enough ago', { ...good, next: held(0), ...since(120_000) }, 'promote'],
  ['there is an old CA without a time', { ...good, previousCas: 'x' }, 'mark'],
  ['the new pair was stored a moment ago', { ...good, previousCas: 'x', ...since(299_999) }, 'nothing'],
  ['the new pair was stored long enough ago', { ...good, previousCas: 'x', ...since(300_000) }, 'finish'],
  ['there are both a next pair and an old CA', { ...good, next: held(0), previousCas: 'x', ...since(120_000) }, 'promote'],
  ['there is an old CA while the pair is due', { ...good, present: held(70), previousCas: 'x', ...since(1) }, 'nothing'],
  ['the clock was set back', { ...good, next: held(0), ...since(-3_600_000) }, 'nothing'],
  ['there is a time without a rotation', { ...good, ...since(day) }, 'nothing'],
]

for (const [about, state, phase] of phases) {
  t.test(`the next phase is ${phase} if ${about}`, async t => t.match(nextPhase(state, options), { do: phase, why: /\w/ }))
}
