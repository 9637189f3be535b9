/** The actions of a pull, besides the request for a token: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
export const pullActions = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability']

/** What a token for ECR Public requires: https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policies.html */
export const publicActions = ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken']

/** AWS's limit for the text of a session policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const maxSessionPolicyLength = 2_048

/** A pattern of repository names, in which `*` matches any characters: `team-a/*`. In a policy, `?` and `${` would have a meaning, too. */
export const repositoryPattern = /^(?!\*+$)[a-z0-9*][a-z0-9._/*-]{0,255}$/

export interface SessionPolicyOptions {
  /** Patterns of repository names. */
  repositories: readonly string[]
  /** The partition of the registries, such as `aws`. */
  partition: string
  /** Whether the session may also request tokens for ECR Public. */
  allowPublic: boolean
}

/**
 * The policy that limits a session to these repositories, in any account and region that its role may read. A session has only what both
 * its role and this policy allow. AWS documents that a token has the permissions of the principal that requested it:
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 *
 * @returns JSON. It has at most `maxSessionPolicyLength` characters only if the repositories are few
 */
export function sessionPolicy({ repositories, partition, allowPublic }: SessionPolicyOptions): string {
  const tokens = ['ecr:GetAuthorizationToken', ...(allowPublic ? publicActions : [])]
  const resources = repositories.map(pattern => `arn:${partition}:ecr:*:*:repository/${pattern}`)
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: tokens, Resource: '*' },
      { Effect: 'Allow', Action: pullActions, Resource: resources },
    ],
  })
}
