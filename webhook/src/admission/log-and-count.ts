import type { Logger } from 'pino'
import type { Metrics } from '../http/metrics.ts'
import type { Admission } from './admit.ts'
import type { Result } from './fill.ts'

export interface LogAndCountTo {
  logger: Pick<Logger, 'info' | 'warn' | 'error'>
  count: Metrics['admission']
}

/** Counts and logs one admission before its answer is sent, so that clients then find it in the metrics. @param ms its duration */
export function logAndCount({ logger, count }: LogAndCountTo, { result, record }: Admission, ms: number): void {
  const { tenant, operation = 'unknown' } = record
  count({ tenant, operation, result }, ms / 1000)
  logger[levels[result]]({ ...record, result, ms: Math.round(ms * 100) / 100 }, 'admission')
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
