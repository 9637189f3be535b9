import { refused } from '@ecr-anywhere/shared/kube/status.ts'
import * as z from 'zod'
import type { Cluster } from '../../cluster/cluster.ts'
import { missing } from '../check.ts'
import { isReady, portOf, type WebhookPod } from './workload.ts'

const problem = { error: z.string().optional(), cause: z.string().optional() }

/** What is used of `GET /status`, as webhook/src/status.ts writes it. Older versions lack fields. */
const statusSchema = z.object({
  version: z.string().optional(),
  attestation: z.string().optional(),
  servingCertificate: z.object({ notAfter: z.string(), secondsLeft: z.number() }).nullish(),
  tenants: z.record(
    z.string(),
    z.object({
      principal: z.string().nullish(),
      ...problem,
      tokens: z.record(z.string(), z.object({ secondsLeft: z.number().optional(), ...problem })).default({}),
    }),
  ),
})

export type WebhookStatus = z.output<typeof statusSchema> & { pod: string }

/**
 * `/status` of each ready webhook pod, through the API server. It contains no token.
 *
 * @throws Fault `MissingPrerequisite` if no pod is ready, or the API server cannot reach the port of the metrics
 */
export async function webhookStatuses({ request }: Pick<Cluster, 'request'>, pods: readonly WebhookPod[]): Promise<WebhookStatus[]> {
  const ready = pods.filter(isReady)
  if (ready.length === 0) throw missing('a webhook pod that is ready')
  return Promise.all(
    ready.map(async one => {
      const { namespace, name } = one.metadata
      const path = `/api/v1/namespaces/${namespace}/pods/http:${name}:${portOf(one, 'metrics') ?? 9090}/proxy/status`
      const answer = await request({ method: 'GET', path })
      if (answer.status === 403) throw refused(`reading ${path}`, answer)
      const read = statusSchema.safeParse(answer.body)
      if (answer.status === 200 && read.success) return { pod: name, ...read.data }
      throw missing(
        `a connection from the API server to the port metrics of the pod ${name} (HTTP ${answer.status}), which a NetworkPolicy may close`,
      )
    }),
  )
}
