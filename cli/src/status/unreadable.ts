import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { ClusterStatus } from './cluster-status.ts'

/** Why a cluster could not be read, in place of its status. */
export interface Unreadable {
  context: string
  error: string
}

export function unreadable(context: string, error: unknown): Unreadable {
  return { context, error: sentence(error) }
}

export function isRead(cluster: ClusterStatus | Unreadable): cluster is ClusterStatus {
  return !('error' in cluster)
}
