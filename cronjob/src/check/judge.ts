import { refused, statusOf } from '@ecr-anywhere/shared/kube/status.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { apiServiceName, probeWarnings, statusGroup, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { type Problem, problem, transient } from './problem.ts'

export interface Asked {
  tenant: string
  namespace: string
  /** The namespace of the release. */
  releaseNamespace: string
}

/** The problem of a tenant according to the answer to its probe; undefined if there is none. */
export function tenantProblem(answer: KubeAnswer, asked: Asked): Problem | undefined {
  const texts = answer.warnings.filter(text => text.startsWith(warningPrefix)).map(text => text.slice(warningPrefix.length))
  // The webhook accepted the ticket and has a token. Denials by other admission rules of the namespace do not concern this check.
  if (texts.some(text => text.startsWith(probeWarnings.ok))) return undefined
  const [said] = texts
  if (said?.startsWith(probeWarnings.pending))
    return transient(said, "AWS's answer", 'Check that the pods of the webhook can reach AWS (network policy, proxy, DNS).')
  const { message = '', details } = statusOf(answer)
  if (details?.group === statusGroup) return denial(answer.status, details.causes?.[0]?.message ?? message)
  if (answer.status >= 300) return notCalled(answer, message, asked)
  if (said !== undefined)
    return transient(`a webhook of another version, which says: ${said}`, 'the webhook of this release', rolloutTodo(asked))
  return transient(
    `a dry run in namespace ${asked.namespace} that passed without the webhook`,
    `an answer of the webhook for tenant ${asked.tenant}`,
    'An API server uses a new webhook configuration after some seconds. If this persists, see `kubectl get mutatingwebhookconfigurations`.',
  )
}

/** A denial by our webhook, with its own message. HTTP 500 means that a setting is wrong, so that retries do not help. */
function denial(status: number, why: string): Problem {
  return { kind: status === 500 ? 'refused' : 'transient', why }
}

function notCalled(answer: KubeAnswer, message: string, asked: Asked): Problem {
  // Only the message says that a webhook call failed, because other failures have HTTP status 500, too.
  if (!message.includes('failed calling webhook')) return problem('transient', refused(`a dry run in namespace ${asked.namespace}`, answer))
  if (message.includes(unavailableText))
    return transient(message, `an answer of the webhook for tenant ${asked.tenant}`, aggregationTodo(asked))
  const isUntrusted = message.includes('x509')
  return transient(
    message,
    `an answer of the webhook for tenant ${asked.tenant}`,
    isUntrusted ? `The caBundle is not the CA of the served certificate: ${certsTodo(asked)}` : rolloutTodo(asked),
  )
}

/** How an API server refuses a request for an aggregated API that is not available. */
const unavailableText = 'the server is currently unable to handle the request'

function aggregationTodo(asked: Asked): string {
  return `The aggregated API of the webhook is not available: see \`kubectl get apiservice ${apiServiceName}\`. ${rolloutTodo(asked)}`
}

function certsTodo({ releaseNamespace }: Asked): string {
  return `kubectl create job -n ${releaseNamespace} --from=cronjob/ecr-anywhere-certs certs-now`
}

function rolloutTodo({ releaseNamespace }: Asked): string {
  const pods = `kubectl get pods -n ${releaseNamespace} -l app.kubernetes.io/name=ecr-anywhere,app.kubernetes.io/component=webhook`
  return `Check that pods of the Deployment ecr-anywhere-webhook are ready (${pods}), and that the API server can reach them.`
}

/** The problem if the policy did not deny the write; undefined if it did. */
export function provocationProblem(answer: KubeAnswer, policy: string): Problem | undefined {
  const { message = '' } = statusOf(answer)
  // The API server names the policy only in the message.
  if (answer.status === 403 && message.includes(`ValidatingAdmissionPolicy '${policy}'`)) return undefined
  if (answer.status >= 300) return problem('transient', refused(`a dry run that ${policy} must deny`, answer))
  return transient(
    `a write that the ValidatingAdmissionPolicy ${policy} must deny, but which was allowed`,
    'a denial',
    'An API server uses a new policy after some seconds. If this persists, run `helm upgrade`.',
  )
}
