import { maxSessionPolicyLength } from '@ecr-anywhere/shared/session-policy.ts'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { compactText, type Policy } from './policy.ts'

/**
 * The size limits of policies in characters. IAM does not count white space. A trust policy may have 4,096 characters or more if the
 * account's quota was raised. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const policyLimits = { trust: 2_048, managed: 6_144, session: maxSessionPolicyLength } as const

export type PolicyUse = keyof typeof policyLimits

/**
 * @returns the policy, if it is small enough for its use
 * @throws Fault `settings` if it is not
 */
export function sized(policy: Policy, use: PolicyUse): Policy {
  const size = compactText(policy).length
  const limit = policyLimits[use]
  if (size <= limit) return policy
  throw settingsFault([`the ${use} policy: found ${size} characters, wanted at most ${limit}: ${remedies[use]}`])
}

const remedies: Record<PolicyUse, string> = {
  trust: 'use another role for some of the identities, or have the quota of the account raised',
  managed: 'name the repositories by fewer patterns, such as repository/team-a/*, or use several roles',
  session: 'name the repositories by fewer patterns, such as repository/team-a/*',
}
