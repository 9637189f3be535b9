import type { ManagedSecret } from './plan.ts'
import type { Run } from './refresh.ts'

/** Every managed Secret as it is after a run, including those in namespaces that are not enabled, and without those that are gone. */
export function* afterRun({ plan, touched, outside }: Pick<Run, 'plan' | 'touched' | 'outside'>): Generator<ManagedSecret> {
  const results = new Map(touched.map(one => [one.secret, one]))
  yield* plan.leave
  yield* outside
  for (const secret of plan.touch) {
    const one = results.get(secret)
    if (one?.result === 'refreshed') yield { ...secret, expiresAt: one.expiresAt, updatedAt: one.updatedAt }
    else if (one?.result !== 'gone') yield secret
  }
}
