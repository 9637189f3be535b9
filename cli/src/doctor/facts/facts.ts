import type { Cluster } from '../../cluster/cluster.ts'
import type { LastRun } from '../../release/last-runs.ts'
import type { Admission } from './admission.ts'
import { admissionFacts } from './admission.ts'
import { type NamespaceFacts, namespaceFacts } from './namespaces.ts'
import { once } from './once.ts'
import { type PodScan, podScan } from './pod-scan.ts'
import { type Probes, probeTenants } from './probes.ts'
import { findRelease, type Release, releaseRuns } from './release.ts'
import { type SecretFacts, secretFacts } from './secrets.ts'
import { type ServerVersion, serverVersion } from './server-version.ts'
import { type WebhookStatus, webhookStatuses } from './webhook-status.ts'
import { type Workload, workloadFacts } from './workload.ts'

/** What is read of a cluster, each part once, when the first check needs it. Each function throws Fault `transient`. */
export interface Facts {
  cluster: Cluster
  nowMs: number
  version: () => Promise<ServerVersion>
  release: () => Promise<Release>
  workload: () => Promise<Workload>
  /** `/status` of each webhook pod that is ready. */
  statuses: () => Promise<WebhookStatus[]>
  admission: () => Promise<Admission>
  probes: () => Promise<Probes>
  runs: () => Promise<LastRun[]>
  namespaces: () => Promise<NamespaceFacts>
  secrets: () => Promise<SecretFacts>
  pods: () => Promise<PodScan>
}

export interface FactsOptions {
  releaseNamespace: string | undefined
  nowMs: () => number
  /** Waits for some hundred milliseconds, between two looks at a condition. */
  pause: () => Promise<void>
}

export function factsOf(cluster: Cluster, { releaseNamespace, nowMs, pause }: FactsOptions): Facts {
  const release = once(() => findRelease(cluster, releaseNamespace))
  const admission = once(async () => admissionFacts(cluster, { release: await release(), pause }))
  const namespaces = once(() => namespaceFacts(cluster))
  const workload = once(async () => workloadFacts(cluster, await release()))
  return {
    cluster,
    nowMs: nowMs(),
    version: once(() => serverVersion(cluster, nowMs)),
    release,
    workload,
    statuses: once(async () => webhookStatuses(cluster, (await workload()).pods)),
    admission,
    probes: once(async () =>
      probeTenants(cluster, { release: await release(), expected: (await admission()).expected, namespaces: await namespaces() }),
    ),
    runs: once(async () => releaseRuns(cluster, await release())),
    namespaces,
    secrets: once(async () => secretFacts(cluster, { nowMs: nowMs(), cronJobs: (await release()).cronJobs })),
    pods: once(() => podScan(cluster)),
  }
}
