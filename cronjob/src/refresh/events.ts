import { causeIdOf } from '@ecr-anywhere/shared/cause-id.ts'
import type { ObjectEvent } from '@ecr-anywhere/shared/kube/events.ts'
import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import type { RefreshReport } from '@ecr-anywhere/shared/refresh-report.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { Run } from './refresh.ts'
import { failedOf } from './report.ts'
import type { Touched } from './touch.ts'

/** In an outage every Secret fails. This many Events report it, and more would only load the API server. */
export const maxEvents = 100

export interface EventsContext {
  /** The report of the run before, if it was read: which Secrets failed, and since when. */
  previous: RefreshReport | undefined
  nowMs: number
}

/**
 * The Events of a run, of which `kubectl events --for secret/NAME` shows those of a Secret: a Warning for each Secret that failed, and `Renewed`
 * for each that is renewed after it failed.
 *
 * A Secret that fails in run after run has one Event for each cause: the API server refuses a second one with the same `id` while the first is
 * stored, which is an hour by default. Without the report of the run before, each run has its own.
 */
export function eventsOf(run: Pick<Run, 'touched'>, { previous, nowMs }: EventsContext): ObjectEvent[] {
  const before = new Map((previous?.counted?.failures ?? []).map(one => [namespacedName(one), one]))
  const of = ({ secret }: Touched) => before.get(namespacedName(secret))
  const common = { component: fieldManagers.refresh, nowMs }
  const failed = failedOf(run).map((one): ObjectEvent => {
    const since = of(one)?.since ?? formatTime(nowMs)
    return { ...common, about: aboutOf(one), reason: 'RefreshFailed', message: one.cause, id: idOf(one, since, one.cause) }
  })
  const renewed = run.touched.flatMap((one): ObjectEvent[] => {
    const failure = of(one)
    if (one.result !== 'refreshed' || failure === undefined) return []
    const message = `Renewed, after it had failed since ${failure.since}: ${failure.cause}`
    return [{ ...common, about: aboutOf(one), type: 'Normal', reason: 'Renewed', message, id: idOf(one, failure.since, 'renewed') }]
  })
  return [...failed.slice(0, maxEvents), ...renewed.slice(0, maxEvents)]
}

function aboutOf({ secret: { namespace, name, uid } }: Touched): ObjectEvent['about'] {
  return { kind: 'Secret', namespace, name, uid }
}

/** A Secret that fails again after it was renewed has a new Event, also for the same cause. */
function idOf({ secret: { uid } }: Touched, since: string, cause: string): string {
  return `${uid}.${Math.floor(Date.parse(since) / 1000)}.${causeIdOf(cause)}`
}
