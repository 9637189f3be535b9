import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { type Pod, pod, waitsForImage } from '@ecr-anywhere/shared/kube/pod.ts'
import { isRegistryImage } from '@ecr-anywhere/shared/registry.ts'
import { eachOf } from '../each-of.ts'

/** The number of namespaces whose pods are listed. In an outage every Secret fails, and more would only load the API server. */
export const maxPodNamespaces = 100
const concurrency = 4

/** A pod that waits for an image from ECR. */
export type WaitingPod = Pick<Pod, 'namespace' | 'name' | 'uid' | 'pullSecrets'> & { image: string }

export interface WaitingPods {
  pods: WaitingPod[]
  /** Why the pods of a namespace could not be listed; undefined if all were. */
  problem: string | undefined
}

/** Lists the pods of the first namespaces that wait for an image from ECR. It never throws, because the run is already reported. */
export async function waitingPods(kubernetes: Pick<Kubernetes, 'listContent'>, namespaces: readonly string[]): Promise<WaitingPods> {
  const pods: WaitingPod[] = []
  let problem: string | undefined
  await eachOf(namespaces.slice(0, maxPodNamespaces), concurrency, async namespace => {
    try {
      for await (const page of kubernetes.listContent({ apiVersion: 'v1', kind: 'Pod', namespace }, pod))
        pods.push(...page.flatMap(waiting))
    } catch (error) {
      problem ??= `pods in ${namespace} were not listed, so they have no Events: ${sentence(error)}`
    }
  })
  return { pods, problem }
}

function waiting({ namespace, name, uid, pullSecrets, waiting }: Pod): WaitingPod[] {
  const first = waiting.find(one => waitsForImage(one) && isRegistryImage(one.image))
  return first === undefined ? [] : [{ namespace, name, uid, pullSecrets, image: first.image }]
}
