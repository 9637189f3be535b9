import type { Statement } from './policy.ts'

export interface WebIdentity {
  /** The ARN of an IAM OIDC provider, or `accounts.google.com`. */
  provider: string
  equals: Record<string, string | string[]>
  /** Conditions in which `*` matches any text. */
  like?: Record<string, string | string[]>
}

/**
 * The statement of a trust policy that lets an identity of another issuer assume the role. An operator without `IfExists` is false if
 * the token has no such claim, so no `Null` condition is needed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
 */
export function webIdentity({ provider, equals, like }: WebIdentity): Statement {
  return {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: equals, ...(like !== undefined && { StringLike: like }) },
  }
}
