import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { refused, statusOf } from '@ecr-anywhere/shared/kube/status.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { probeWarnings, statusGroup, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { type Problem, problem } from './problem.ts'

export interface Asked {
  tenant: string
  namespace: string
  /** Of the release. */
  releaseNamespace: string
}

/** What the answer to a probe says of its tenant; undefined if all is well. */
export function tenantProblem(answer: KubeAnswer, asked: Asked): Problem | undefined {
  const texts = answer.warnings.filter(text => text.startsWith(warningPrefix)).map(text => text.slice(warningPrefix.length))
  // The webhook has the API server's ticket, and AWS's token. What the namespace's own rules say of the Secret afterwards is no matter of ours.
  if (texts.some(text => text.startsWith(probeWarnings.ok))) return undefined
  const [said] = texts
  if (said?.startsWith(probeWarnings.pending))
    return transient(said, "AWS's answer", 'Can the pods of the webhook reach AWS (network policy, proxy, DNS)?')
  const { message = '', details } = statusOf(answer)
  if (details?.group === statusGroup) return denial(answer.status, details.causes?.[0]?.message ?? message)
  if (answer.status >= 300) return notCalled(answer, message, asked)
  if (said !== undefined)
    return transient(`a webhook of another version, which says: ${said}`, 'the one of this release', rolloutTodo(asked))
  return transient(
    `a dry run in namespace ${asked.namespace} that passed without the webhook`,
    `an answer of the webhook for tenant ${asked.tenant}`,
    'An API server uses a webhook configuration some seconds after it was made. If this lasts, see `kubectl get mutatingwebhookconfigurations`.',
  )
}

/** A denial by our webhook: its own sentence. HTTP 500 stands for a setting of somebody's that no retry helps. */
function denial(status: number, why: string): Problem {
  return { kind: status === 500 ? 'refused' : 'transient', why }
}

function notCalled(answer: KubeAnswer, message: string, asked: Asked): Problem {
  // Only the text says which call failed: the status is HTTP 500 for all.
  if (!message.includes('failed calling webhook')) return problem('transient', refused(`a dry run in namespace ${asked.namespace}`, answer))
  const isUntrusted = message.includes('x509')
  return transient(
    message,
    `an answer of the webhook for tenant ${asked.tenant}`,
    isUntrusted ? `The caBundle is not the CA of the served certificate: ${certsTodo(asked)}` : rolloutTodo(asked),
  )
}

function certsTodo({ releaseNamespace }: Asked): string {
  return `kubectl create job -n ${releaseNamespace} --from=cronjob/ecr-anywhere-certs certs-now`
}

function rolloutTodo({ releaseNamespace }: Asked): string {
  const pods = `kubectl get pods -n ${releaseNamespace} -l app.kubernetes.io/name=ecr-anywhere,app.kubernetes.io/component=webhook`
  return `Are pods of the Deployment ecr-anywhere-webhook ready (${pods}), and may the API server reach them?`
}

/** Undefined if the policy denied, as it has to. */
export function provocationProblem(answer: KubeAnswer, policy: string): Problem | undefined {
  const { message = '' } = statusOf(answer)
  // The API server names a policy nowhere but in its text.
  if (answer.status === 403 && message.includes(`ValidatingAdmissionPolicy '${policy}'`)) return undefined
  if (answer.status >= 300) return problem('transient', refused(`a dry run that ${policy} has to deny`, answer))
  return transient(
    `a write that the ValidatingAdmissionPolicy ${policy} has to deny, and that passed`,
    'its denial',
    'An API server uses a policy some seconds after it was made. If this lasts, run `helm upgrade`.',
  )
}

function transient(found: string, wanted: string, todo: string): Problem {
  return problem('transient', new Fault('transient', { found, wanted, todo }))
}
