import type { Logger } from 'pino'
import type { Metrics } from '../http/metrics.ts'
import type { Attachment } from './attach.ts'

export interface LogAndCountTo {
  /** The names of all tenants. Any caller can choose the path, so another name is counted as `unknown`. */
  tenants: { has: (name: string) => boolean }
  logger: Pick<Logger, 'info' | 'debug'>
  count: Metrics['attachReview']
}

/** @returns a function that counts and logs the answer to the review of a Pod. Most Pods may be unchanged, so only changes are at level info */
export function logAndCount({ tenants, logger, count }: LogAndCountTo): (tenantName: string, attachment: Attachment) => void {
  return (tenantName, { result, record }) => {
    const tenant = tenants.has(tenantName) ? tenantName : 'unknown'
    count({ tenant, result })
    logger[result === 'attached' ? 'info' : 'debug']({ ...record, tenant, result }, 'attach')
  }
}
