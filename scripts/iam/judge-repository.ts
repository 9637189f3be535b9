import type { Verdict } from './judge-set-up.ts'
import { type Access, resourceOf } from './set-ups/set-up.ts'
import { type PolicyJson, permitsAcross } from './simulate.ts'
import { twinCases } from './twins.ts'

export interface CrossAccountPull {
  /** The permissions of the role that pulls, and the policy of the repository, which is in another account. */
  permissions: PolicyJson
  repositoryPolicy: PolicyJson
  /** The ARN of the role, and where the repository is. */
  principal: string
  repository: Omit<Access, 'action'>
}

/** Sends a pull from another account to the simulator, and the same with another principal or action. */
export async function judgeRepository({ permissions, repositoryPolicy, principal, repository }: CrossAccountPull): Promise<Verdict[]> {
  const denied = {
    'from a third account': { principal: 'arn:aws:iam::999999999999:role/ecr-anywhere' },
    'to push': { action: 'ecr:PutImage' },
    'to delete': { action: 'ecr:BatchDeleteImage' },
  }
  const allowed: Access & { principal: string } = { action: 'ecr:BatchGetImage', ...repository, principal }
  const judged = twinCases({ about: 'a pull from another account', allowed, denied }).map(async ({ about, request, isAllowed }) => ({
    about,
    isAllowed: await permitsAcross(permissions, repositoryPolicy, { ...request, resource: resourceOf(request) }),
    expected: isAllowed,
  }))
  return await Promise.all(judged)
}
