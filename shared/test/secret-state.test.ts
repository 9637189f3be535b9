import t from 'tap'
import { type SecretState, secretState } from '../src/secret-state.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const cases: [expiresAt: string | undefined, state: SecretState][] = [
  [undefined, 'NeverInjected'],
  ['soon', 'NeverInjected'],
  ['2026-01-01T11:00:00Z', 'Expired'],
  ['2026-01-01T12:00:00Z', 'Expired'],
  ['2026-01-01T12:00:01Z', 'Due'],
  ['2026-01-01T17:59:59Z', 'Due'],
  ['2026-01-01T18:00:00Z', 'Fresh'],
]

for (const [expiresAt, state] of cases) {
  t.test(`a Secret that expires at ${expiresAt} is ${state} at noon`, async t => {
    t.equal(secretState({ expiresAt, updatedAt: undefined, nowMs, refreshBeforeMs: 6 * 3_600_000 }), state)
  })
}
