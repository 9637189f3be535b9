import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { refused } from '@ecr-anywhere/shared/kube/status.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import * as z from 'zod'
import type { KubernetesSource } from '../source.ts'

/** The shortest lifetime that the API server accepts. The token is used at once, and only once. */
const lifeSeconds = 600

const answerSchema = z.object({ status: z.object({ token: z.string().min(1) }) })

/**
 * A token of a Kubernetes service account, which the API server of the current context issues (TokenRequest).
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 *
 * @throws Fault `settings` if there is no cluster, `transient` with the API server's reason if it refuses
 */
export async function serviceAccountToken({ namespace, serviceAccount, audience }: KubernetesSource): Promise<string> {
  const transport = await kubeTransport(loadKubeConfig(), 1)
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(serviceAccount)}/token`
    const spec = { audiences: [audience], expirationSeconds: lifeSeconds }
    const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec })
    const answer = await transport.request({ method: 'POST', path, body })
    const token = answerSchema.safeParse(answer.body).data?.status.token
    if (answer.status !== 201 || token === undefined) throw refused(`requesting a token of ${namespace}/${serviceAccount}`, answer)
    return token
  } finally {
    transport.close()
  }
}
