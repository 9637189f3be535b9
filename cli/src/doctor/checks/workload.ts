import { failed, ok } from '../../findings/finding.ts'
import { type Check, missing } from '../check.ts'
import { isReady, type WebhookPod } from '../facts/workload.ts'
import { counted, named } from '../named.ts'

export const workloadChecks: readonly Check[] = [
  {
    id: 'webhook-scaled',
    title: 'the Deployment of the webhook has replicas',
    run: async ({ workload, release }) => {
      const [{ deployment }, { namespace }] = await Promise.all([workload(), release()])
      if (deployment === undefined) throw missing('the Deployment ecr-anywhere-webhook')
      if (deployment.spec.replicas > 0) return ok(counted(deployment.spec.replicas, 'replica'))
      return failed(
        'the Deployment ecr-anywhere-webhook scaled to 0',
        'at least one replica, and two for node drains',
        `kubectl scale deployment -n ${namespace} ecr-anywhere-webhook --replicas=2`,
      )
    },
  },
  {
    id: 'webhook-created',
    title: 'the pods of the webhook can be created',
    run: async ({ workload, release }) => {
      const [{ deployment }, { namespace }] = await Promise.all([workload(), release()])
      if (deployment === undefined) throw missing('the Deployment ecr-anywhere-webhook')
      const refused = deployment.status.conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
      if (refused === undefined) return ok('no refusal by the API server')
      return failed(
        `that the API server refuses pods of the webhook: ${refused.message}`,
        'pods that its policies and quotas allow',
        `Change the quota or the Pod Security level of namespace ${namespace}, or the values of the chart.`,
      )
    },
  },
  {
    id: 'webhook-ready',
    title: 'the pods of the webhook are ready',
    run: async ({ workload, release }) => {
      const [{ pods, deployment }, { namespace }] = await Promise.all([workload(), release()])
      const unready = pods.filter(pod => !isReady(pod))
      const wanted = deployment?.spec.replicas ?? 0
      if (unready.length === 0 && pods.length >= wanted && pods.length > 0) return ok(counted(pods.length, 'pod'))
      const [first] = unready
      return failed(
        first === undefined
          ? `${counted(pods.length, 'pod')} of the webhook`
          : `${unready.length} of ${counted(pods.length, 'pod')} not ready: ${first.metadata.name} ${reasonOf(first)}`,
        `${counted(wanted, 'ready pod')}`,
        first === undefined
          ? `See \`kubectl describe deployment -n ${namespace} ecr-anywhere-webhook\`.`
          : `See \`kubectl describe pod -n ${namespace} ${first.metadata.name}\` and \`kubectl logs -n ${namespace} ${first.metadata.name}\`.`,
      )
    },
  },
  {
    id: 'webhook-endpoints',
    title: 'the Service of the webhook has endpoints',
    run: async ({ workload, release }) => {
      const [{ readyEndpoints, pods }, { namespace }] = await Promise.all([workload(), release()])
      if (readyEndpoints > 0) return ok(counted(readyEndpoints, 'ready endpoint'))
      const names = pods.filter(isReady).map(({ metadata }) => metadata.name)
      return failed(
        `no ready endpoint of the Service ecr-anywhere-webhook${names.length === 0 ? '' : `, although ${named(names)} are ready`}`,
        'the ready pods of the webhook as its endpoints',
        `Compare \`kubectl get service -n ${namespace} ecr-anywhere-webhook -o wide\` with the labels of the pods; \`helm upgrade\` restores the selector.`,
      )
    },
  },
]

function reasonOf({ status }: WebhookPod): string {
  for (const { state, lastState } of status.containerStatuses ?? []) {
    const { waiting } = state
    const ended = state.terminated ?? lastState.terminated
    const said = ended?.message.trim().split('\n').at(-1)
    if (said) return `ended with exit code ${ended?.exitCode}: ${said}`
    if (waiting !== undefined) return `is in ${waiting.reason}${waiting.message === '' ? '' : `: ${waiting.message}`}`
  }
  const unscheduled = status.conditions.find(({ type, status: value }) => type === 'PodScheduled' && value === 'False')
  if (unscheduled !== undefined) return `is not scheduled: ${unscheduled.message}`
  return `is in phase ${status.phase || 'Pending'}, and its condition Ready is not True`
}
