import type { ClusterStatus } from './cluster-status.ts'
import { namespaceSummaries, tenantSummaries } from './summary.ts'
import { isRead, type Unreadable } from './unreadable.ts'

/** What `-o json` and `-o yaml` show. All times are RFC 3339. */
export function statusDocument(clusters: readonly (ClusterStatus | Unreadable)[], { exitCode }: { exitCode: number }) {
  const read = clusters.filter(isRead)
  const secrets = read.flatMap(one => one.secrets)
  return {
    ok: exitCode === 0,
    secrets,
    namespaces: namespaceSummaries(secrets),
    tenants: tenantSummaries(secrets),
    clusters: clusters.map(one =>
      !isRead(one) ? one : { context: one.context, runs: one.runs ?? null, notes: one.notes, cannotTell: one.cannotTell },
    ),
  }
}
