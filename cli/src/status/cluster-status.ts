import { parseDuration } from '@ecr-anywhere/shared/duration.ts'
import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type CannotTell, ifAllowed, isCannotTell, rightTo } from '../cluster/denied.ts'
import type { CronJob } from '../release/cron-jobs.ts'
import { releaseCronJobs, variableOf } from '../release/cron-jobs.ts'
import { type LastRun, lastRuns } from '../release/last-runs.ts'
import { type ManagedSecret, managed, managedSecret, secretForm, secrets } from './managed-secret.ts'
import { namespaceTenants, type Tenants } from './namespace-tenants.ts'
import { type Usage, type UsageBySecret, usageOf } from './usage.ts'

export interface StatusOptions {
  /** Undefined for all namespaces. */
  namespace: string | undefined
  /** A label selector, in addition to the label of managed Secrets. */
  selector: string | undefined
  withUsage: boolean
  releaseNamespace: string | undefined
  nowMs: number
}

/** A managed Secret with everything that `status` shows of it. */
export interface SecretStatus extends ManagedSecret {
  context: string
  /** The tenant of its namespace; null if the namespace is not enabled, undefined if that cannot be told. */
  tenant?: string | null
  /** Undefined if it was not asked for, or cannot be told. */
  usedBy?: Usage
}

export interface ClusterStatus {
  context: string
  secrets: SecretStatus[]
  /** Undefined if they cannot be told. */
  runs?: LastRun[]
  /** What this user cannot see, and the right that is missing. */
  cannotTell: CannotTell[]
  /** What else is worth knowing, in whole sentences. */
  notes: string[]
}

const defaultRefreshBeforeMs = 6 * 3_600_000

/**
 * Reads the managed Secrets of one cluster, metadata only, and what belongs to them.
 *
 * @throws Fault `transient` if the Secrets cannot be listed
 */
export async function clusterStatus(cluster: Cluster, options: StatusOptions): Promise<ClusterStatus> {
  const { namespace, selector, withUsage, releaseNamespace, nowMs } = options
  const labelSelector = [managed, ...(selector === undefined ? [] : [selector])].join(',')
  const cronJobs = cronJobsOf(cluster, releaseNamespace)
  const listed = cronJobs.then(found => listSecrets(cluster, { namespace, labelSelector, nowMs, refreshBeforeMs: refreshBeforeMs(found) }))
  const wanted = listed.then(all => new Set(all.map(namespacedName)))
  // If the Secrets cannot be listed, `listed` reports it, whether or not the usage waits for them.
  wanted.catch(() => {})
  const [own, usage, tenants, runs] = await Promise.all([
    listed,
    withUsage ? usageIn(cluster, namespace, wanted) : undefined,
    tenantsIn(cluster, namespace),
    cronJobs.then(found => (isCannotTell(found) ? found : runsOf(cluster, found))),
  ])
  const limits = [usage, tenants, runs].filter(isCannotTell)
  const known = { usage: isCannotTell(usage) ? undefined : usage, tenants: isCannotTell(tenants) ? undefined : tenants }
  return {
    context: cluster.context,
    secrets: own.map(secret => ({ context: cluster.context, ...secret, ...shownOf(secret, known) })),
    ...(runs !== undefined && !isCannotTell(runs) && { runs }),
    cannotTell: limits,
    notes: notesOn({ runs: isCannotTell(runs) ? undefined : runs }),
  }
}

function shownOf(secret: ManagedSecret, { usage, tenants }: { usage: UsageBySecret | undefined; tenants: Tenants | undefined }) {
  return {
    ...(tenants !== undefined && { tenant: tenants.get(secret.namespace) ?? null }),
    ...(usage !== undefined && { usedBy: usage.get(namespacedName(secret)) ?? { pods: [], serviceAccounts: [] } }),
  }
}

interface SecretSelection {
  namespace: string | undefined
  labelSelector: string
  nowMs: number
  refreshBeforeMs: number
}

async function listSecrets({ pages }: Cluster, { namespace, labelSelector, ...options }: SecretSelection): Promise<ManagedSecret[]> {
  const found: ManagedSecret[] = []
  for await (const page of pages({ ...secrets, namespace }, secretForm, { labelSelector }))
    for (const one of page) found.push(managedSecret(one, options))
  return found
}

function cronJobsOf(cluster: Cluster, namespace: string | undefined): Promise<CronJob[] | CannotTell> {
  const needs = rightTo('list', 'cronjobs.batch', namespace)
  return ifAllowed({ what: 'the last runs of refresh and certs', needs }, () => releaseCronJobs(cluster, namespace))
}

function runsOf(cluster: Cluster, cronJobs: readonly CronJob[]): Promise<LastRun[] | CannotTell> {
  const needs = rightTo('list', 'jobs.batch and pods', cronJobs[0]?.metadata.namespace)
  return ifAllowed({ what: 'the last runs of refresh and certs', needs }, () => lastRuns(cluster, cronJobs))
}

function usageIn(
  cluster: Cluster,
  namespace: string | undefined,
  wanted: Promise<ReadonlySet<string>>,
): Promise<UsageBySecret | CannotTell> {
  const needs = rightTo('list', 'pods and serviceaccounts', namespace)
  return ifAllowed({ what: 'which pods and ServiceAccounts use the Secrets (--no-usage leaves this out)', needs }, () =>
    usageOf(cluster, { namespace, wanted }),
  )
}

function tenantsIn(cluster: Cluster, namespace: string | undefined): Promise<Tenants | CannotTell> {
  const needs = namespace === undefined ? 'list namespaces' : `get namespace ${namespace}`
  return ifAllowed({ what: 'the tenants of the namespaces', needs }, () => namespaceTenants(cluster, namespace))
}

/** The setting of the refresher itself, so that both call the same Secrets due. */
function refreshBeforeMs(cronJobs: CronJob[] | CannotTell): number {
  const refresh = isCannotTell(cronJobs) ? undefined : cronJobs.find(({ metadata }) => metadata.name === 'ecr-anywhere-refresh')
  const text = refresh === undefined ? undefined : variableOf(refresh, 'REFRESH_BEFORE')
  return parseDuration(text ?? '') ?? defaultRefreshBeforeMs
}

function notesOn({ runs }: { runs: readonly LastRun[] | undefined }): string[] {
  if (runs === undefined) return []
  if (runs.length === 0)
    return ['No CronJob of ECR Anywhere was found, so nothing renews these Secrets. Is it installed? Run `helm list --all-namespaces`.']
  if (!runs.some(({ name }) => name === 'refresh'))
    return ['The CronJob ecr-anywhere-refresh was not found, so nothing renews these Secrets. Run `helm upgrade`, which restores it.']
  return runs.filter(({ suspended }) => suspended).map(suspendedNote)
}

function suspendedNote({ name, namespace }: LastRun): string {
  const resume = `kubectl patch cronjob -n ${namespace} ecr-anywhere-${name} -p '{"spec":{"suspend":false}}'`
  return `The CronJob ecr-anywhere-${name} is suspended, so it does not run. Run \`${resume}\`.`
}
