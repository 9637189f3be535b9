import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import { type Pod, pod, waitsForImage } from '@ecr-anywhere/shared/kube/pod.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { podWarnings } from '../../pods/pod-events.ts'
import { type Trouble, troubles } from '../../pods/trouble.ts'
import { isEcrImage } from '../../verify/image-name.ts'

/** A pod that waits for an image in ECR. */
export interface WaitingPod {
  namespace: string
  name: string
  trouble: Trouble
}

/** What is kept of all pods of a cluster. */
export interface PodScan {
  /** Namespaces with pods that have an image in ECR. */
  ecrNamespaces: Set<string>
  waiting: WaitingPod[]
}

const form: ListForm<Pod> = { item: pod, metadataOnly: false, pageSize: 100 }
const running = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' }
/** Events are read for so many pods only. Newer kubelets tell the reason without them. */
const maxExplained = 20

export async function podScan(cluster: Pick<Cluster, 'list' | 'pages'>): Promise<PodScan> {
  const ecrNamespaces = new Set<string>()
  const stuck: Pod[] = []
  for await (const page of cluster.pages({ apiVersion: 'v1', kind: 'Pod' }, form, running)) {
    for (const one of page) {
      if (one.images.some(isEcrImage)) ecrNamespaces.add(one.namespace)
      if (one.waiting.some(waiting => waitsForImage(waiting) && isEcrImage(waiting.image))) stuck.push(one)
    }
  }
  const explained = await Promise.all(
    stuck.map(async (one, at) => {
      const warnings = at < maxExplained ? await podWarnings(cluster, one).catch(() => []) : []
      const own = troubles(one, warnings).filter(({ image }) => isEcrImage(image))
      return own.map(trouble => ({ namespace: one.namespace, name: one.name, trouble }))
    }),
  )
  return { ecrNamespaces, waiting: explained.flat() }
}
