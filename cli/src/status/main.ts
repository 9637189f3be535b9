import { setTimeout as sleep } from 'node:timers/promises'
import { type OpenCluster, openCluster } from '../cluster/kube/open-cluster.ts'
import type { Options } from '../subcommands.ts'
import { documentText } from '../terminal/document.ts'
import { clearScreen, screenOf } from '../terminal/screen.ts'
import { type ClusterStatus, clusterStatus } from './cluster-status.ts'
import { readStatusSettings, type StatusSettings } from './settings.ts'
import { statusDocument } from './status-document.ts'
import { statusText } from './status-text.ts'
import { type Unreadable, unreadable } from './unreadable.ts'
import { exitCodeOf, whereText } from './verdict.ts'

const watchMs = 5_000

/**
 * `ecr-anywhere status`: reads metadata of Secrets, and writes nothing.
 *
 * @returns 0, or 1 if a Secret needs attention or a cluster of several could not be read @throws Fault `settings`, `transient`
 */
export async function main(given: Options): Promise<number> {
  const settings = readStatusSettings(given)
  const names = settings.contexts.length === 0 ? [undefined] : settings.contexts
  const clusters = await Promise.all(names.map(context => openCluster({ file: settings.kubeconfig, context })))
  try {
    for (;;) {
      const exitCode = await show(clusters, settings)
      if (!settings.watch) return exitCode
      await sleep(watchMs)
    }
  } finally {
    for (const { close } of clusters) close()
  }
}

async function show(clusters: readonly OpenCluster[], settings: StatusSettings): Promise<0 | 1> {
  const nowMs = Date.now()
  const found = await Promise.all(clusters.map(cluster => read(cluster, settings, nowMs, clusters.length > 1)))
  const exitCode = exitCodeOf(found)
  const { output, watch } = settings
  if (output === 'json' || output === 'yaml') {
    process.stdout.write(documentText(output, statusDocument(found, { exitCode })))
    return exitCode
  }
  const screen = screenOf(process.stdout, process.env)
  const text = statusText(found, { wide: output === 'wide', nowMs, screen, where: whereText(settings, clusters) })
  process.stdout.write(`${watch ? clearScreen(process.stdout) : ''}${text}`)
  return exitCode
}

/** In a fleet, a cluster that cannot be read does not hide the others. */
async function read(cluster: OpenCluster, settings: StatusSettings, nowMs: number, isFleet: boolean): Promise<ClusterStatus | Unreadable> {
  const { selector, withUsage, releaseNamespace } = settings
  const namespace = settings.namespace === 'context' ? cluster.namespace : settings.namespace?.name
  try {
    return await clusterStatus(cluster, { namespace, selector, withUsage, releaseNamespace, nowMs })
  } catch (error) {
    if (isFleet) return unreadable(cluster.context, error)
    throw error
  }
}
