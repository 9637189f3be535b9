import { refused } from '@ecr-anywhere/shared/kube/status.ts'
import * as z from 'zod'
import type { Cluster } from '../../cluster/cluster.ts'

/** A right, as a SubjectAccessReview asks for it. */
export interface Right {
  verb: string
  group: string
  resource: string
  name?: string
  /** Undefined: in the whole cluster. */
  namespace?: string | undefined
}

const answerSchema = z.object({ status: z.object({ allowed: z.boolean() }) })

/**
 * Asks the API server whether a service account has a right. Nothing is stored.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 *
 * @throws Fault `Forbidden` if the user may not ask
 */
export async function mayAccount(
  { request }: Pick<Cluster, 'request'>,
  { namespace, account, right }: { namespace: string; account: string; right: Right },
): Promise<boolean> {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  const resourceAttributes = { ...right, ...(right.namespace === undefined && { namespace: '' }) }
  const spec = { user: `system:serviceaccount:${namespace}:${account}`, groups, resourceAttributes }
  const kind = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' }
  const answer = await request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: JSON.stringify({ ...kind, spec }),
  })
  const read = answerSchema.safeParse(answer.body)
  if (answer.status !== 201 || !read.success) throw refused(`asking for the rights of ${account}`, answer)
  return read.data.status.allowed
}

/** A right in words. */
export function rightText({ verb, group, resource, name, namespace }: Right): string {
  const kind = group === '' ? resource : `${resource}.${group}`
  return `${verb} ${kind}${name === undefined ? '' : ` ${name}`}${namespace === undefined ? '' : ` in namespace ${namespace}`}`
}
