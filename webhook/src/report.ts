import type { Logger } from 'pino'
import type { Admission } from './admit.ts'
import { gathered } from './gathered.ts'
import type { Metrics } from './http/metrics.ts'
import type { Result } from './inject.ts'

/** An admission, and how long its answer took. */
export interface Came {
  admission: Admission
  ms: number
}

export interface ReportTo {
  logger: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Runs something that logs; its lines are written as one text. */
  together: (work: () => void) => void
  count: Metrics['admission']
  /** Runs a function after the present turn of the event loop, as `setImmediate` does. */
  later: (flush: () => void) => void
}

/** Counts and logs admissions, all of one turn of the event loop together: their answers are on their way by then. */
export function reporter({ logger, together, count, later }: ReportTo): (came: Came) => void {
  return gathered(all => {
    for (const { admission, ms } of all) count(labelsOf(admission), ms / 1000)
    together(() => {
      for (const came of all) log(logger, came)
    })
  }, later)
}

const levels: Record<Result, 'info' | 'warn' | 'error'> = {
  injected: 'info',
  unchanged: 'info',
  dry_run: 'info',
  skipped: 'info',
  stale: 'warn',
  kept: 'warn',
  denied: 'warn',
  error: 'error',
}

function log(logger: ReportTo['logger'], { admission: { result, record }, ms }: Came): void {
  logger[levels[result]]({ ...record, result, ms: Math.round(ms * 100) / 100 }, 'admission')
}

function labelsOf({ record: { tenant, operation = 'unknown' }, result }: Admission) {
  return { tenant, operation, result }
}
