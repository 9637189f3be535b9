import type { ClusterStatus, SecretStatus } from './cluster-status.ts'
import type { StatusSettings } from './settings.ts'
import { isRead, type Unreadable } from './unreadable.ts'

/** Whether a Secret needs somebody: it is Expired, NeverInjected, Conflict, or has been Due for long. */
export function needsAttention({ state, isLongDue }: Pick<SecretStatus, 'state' | 'isLongDue'>): boolean {
  return state === 'Expired' || state === 'NeverInjected' || state === 'Conflict' || isLongDue
}

/** 1 if a Secret needs attention, or a cluster could not be read; otherwise 0. */
export function exitCodeOf(clusters: readonly (ClusterStatus | Unreadable)[]): 0 | 1 {
  return clusters.some(one => !isRead(one) || one.secrets.some(needsAttention)) ? 1 : 0
}

/** Where Secrets were looked for, for the sentence that there are none. */
export function whereText({ namespace }: Pick<StatusSettings, 'namespace'>, clusters: readonly { namespace: string }[]): string {
  if (namespace === undefined) return 'in any namespace'
  const names = namespace === 'context' ? [...new Set(clusters.map(one => one.namespace))] : [namespace.name]
  return `in namespace ${names.join(', ')}; --all-namespaces shows those of all namespaces`
}
