import { pullActions as actionsOfPulls, publicActions } from '@ecr-anywhere/shared/session-policy.ts'
import { partitionProblems } from './input-problems.ts'
import { type Policy, policyOf, type Statement } from './policy.ts'
import { type PolicyUse, sized } from './policy-size.ts'
import { refuse } from './refuse.ts'
import { repositoryProblems } from './repositories.ts'

/** In the order in which `deploy/terraform/policies` renders them. */
export const pullActions = actionsOfPulls.toSorted()
/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
export const pushActions = ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart']
/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html */
export const pullThroughCacheActions = ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository']

export interface Permissions {
  partition: string
  /** The ARNs of repositories, or patterns of ARNs, from which images may be pulled. */
  repositories: readonly string[]
  /** Whether images may be pushed as well. */
  push?: boolean
  /** Whether a pull may import an image through a pull-through cache rule, and create its repository. */
  pullThroughCache?: boolean
  /** Whether tokens for public.ecr.aws may be requested. */
  public?: boolean
  /** A session policy may be less than half as long as a managed one. */
  use?: Exclude<PolicyUse, 'trust'>
}

/**
 * What a principal may do with ECR. `ecr:GetAuthorizationToken` has no resource: the token can be used for every repository that the
 * principal may read, so the other statements restrict it.
 *
 * @throws Fault `settings` for every invalid value at once, or if the policy is larger than AWS accepts
 */
export function permissions(given: Permissions): Policy {
  const { partition, repositories, push = false, pullThroughCache = false, use = 'managed' } = given
  refuse([...partitionProblems(partition), ...publicProblems(given), ...repositoryProblems(repositories, partition)])
  const on = [...repositories]
  const statements: Statement[] = [
    { Sid: 'Token', Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
    { Sid: 'Pull', Effect: 'Allow', Action: pullActions, Resource: on },
    ...(push ? [{ Sid: 'Push', Effect: 'Allow' as const, Action: pushActions, Resource: on }] : []),
    ...(pullThroughCache ? [{ Sid: 'PullThroughCache', Effect: 'Allow' as const, Action: pullThroughCacheActions, Resource: on }] : []),
    ...(given.public ? [{ Sid: 'Public', Effect: 'Allow' as const, Action: publicActions, Resource: ['*'] }] : []),
  ]
  return sized(policyOf(statements), use)
}

function publicProblems({ partition, public: isPublic = false }: Permissions): string[] {
  if (!isPublic || partition === 'aws') return []
  return [`public: found true in the partition ${partition}, wanted false: ECR Public is only in the partition aws`]
}
