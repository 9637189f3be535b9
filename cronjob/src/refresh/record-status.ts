import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { configMap } from '@ecr-anywhere/shared/kube/objects.ts'
import { fieldManagers, statusConfigMap } from '@ecr-anywhere/shared/names.ts'
import { parseReport, type RefreshReport, type RefreshStart, refreshReport, reportVersion } from '@ecr-anywhere/shared/refresh-report.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'

const { name, keys } = statusConfigMap
const kind = { apiVersion: 'v1', kind: 'ConfigMap' }

export interface StatusWorld {
  kubernetes: Kubernetes
  /** The namespace of the release. */
  namespace: string
}

/**
 * Records the start of a run, so that a run that is killed can be seen. It has a field manager of its own, which leaves the report of the
 * previous run in place.
 *
 * @returns why it could not be recorded; undefined if it was. It never throws
 */
export function recordStart(startedAtMs: number, { kubernetes, namespace }: StatusWorld): Promise<string | undefined> {
  const start: RefreshStart = { version: reportVersion, startedAt: formatTime(startedAtMs) }
  return problemOf(namespace, async () => {
    await kubernetes.apply(objectOf(namespace, keys.start, start), fieldManagers.refreshStart)
  })
}

/**
 * Writes the report of a run.
 *
 * @param report makes it from the previous report, which is undefined if there is none that this version can read
 * @returns why it could not be written; undefined if it was. It never throws
 */
export function recordReport(
  report: (previous: RefreshReport | undefined) => RefreshReport,
  { kubernetes, namespace }: StatusWorld,
): Promise<string | undefined> {
  return problemOf(namespace, async () => {
    const found = await kubernetes.get({ ...kind, namespace, name }, configMap)
    const read = parseReport(refreshReport, found?.data[keys.report] ?? '')
    await kubernetes.apply(objectOf(namespace, keys.report, report(read.state === 'ok' ? read.value : undefined)), fieldManagers.refresh)
  })
}

function objectOf(namespace: string, key: string, content: object) {
  return { ...kind, metadata: { namespace, name }, data: { [key]: JSON.stringify(content) } }
}

async function problemOf(namespace: string, write: () => Promise<void>): Promise<string | undefined> {
  try {
    await write()
    return undefined
  } catch (error) {
    return `the run was not recorded in the ConfigMap ${namespace}/${name}, so metrics do not show it: ${sentence(error)}`
  }
}
