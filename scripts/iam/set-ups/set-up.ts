import type { Account } from '@ecr-anywhere/cli/trust-policy/input-problems.ts'
import type { Permissions } from '@ecr-anywhere/cli/trust-policy/permissions.ts'
import type { Identities } from '@ecr-anywhere/cli/trust-policy/trust-policy.ts'
import type { Claims } from '../claims.ts'
import type { Twins } from '../twins.ts'

/** A request to ECR. */
export interface Access {
  action: string
  partition: string
  region: string
  account: string
  /** `undefined` for an action that has no resource. */
  repository?: string
}

/** The IAM of a user: who assumes the role, what the role may do, and the requests that show both. */
export interface SetUp {
  about: string
  /** The account of the role. */
  account: Account
  identities: Identities
  permissions: Permissions
  /** The tokens with which the role can and cannot be assumed. */
  tokens: Twins<Claims>[]
  /** What a session of the role can and cannot do. */
  accesses: Twins<Access>[]
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/security_iam_service-with-iam.html */
export function resourceOf({ partition, region, account, repository }: Access): string {
  return repository === undefined ? '*' : `arn:${partition}:ecr:${region}:${account}:repository/${repository}`
}

/** The pull of an image: the three requests of containerd after it has a token. */
export function pull(allowed: Omit<Access, 'action'>, otherRepository: string): Twins<Access>[] {
  const denied = {
    'of another repository': { repository: otherRepository },
    'of another region': { region: 'eu-west-3' },
    'of another account': { account: '999999999999' },
  }
  const others = ['ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability']
  return [
    {
      about: 'ecr:BatchGetImage',
      allowed: { action: 'ecr:BatchGetImage', ...allowed },
      denied: {
        ...denied,
        'to delete it': { action: 'ecr:BatchDeleteImage' },
        'to read its policy': { action: 'ecr:GetRepositoryPolicy' },
      },
    },
    ...others.map(action => ({
      about: action,
      allowed: { action, ...allowed },
      denied: { 'of another repository': { repository: otherRepository } },
    })),
  ]
}

/** The token, without which no request reaches a registry. */
export function token({ partition, region, account }: Omit<Access, 'action'>): Twins<Access> {
  return {
    about: 'ecr:GetAuthorizationToken',
    allowed: { action: 'ecr:GetAuthorizationToken', partition, region, account },
    denied: { 'to list all repositories': { action: 'ecr:DescribeRegistry' } },
  }
}

/** The push of an image. */
export function push(allowed: Omit<Access, 'action'>, otherRepository: string): Twins<Access>[] {
  return ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'].map(action => ({
    about: action,
    allowed: { action, ...allowed },
    denied: { 'to another repository': { repository: otherRepository } },
  }))
}
