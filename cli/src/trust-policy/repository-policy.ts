import { type Form, formProblems } from './input-problems.ts'
import { pullActions } from './permissions.ts'
import { type Policy, policyOf } from './policy.ts'
import { refuse } from './refuse.ts'

const principalForm: Form = {
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:(?:root|role\/[\w+=,.@/-]{1,512})$/,
  wanted: 'the ARN of a role, or of an account: arn:aws:iam::<12 digits>:root',
}

/**
 * The policy of a repository from which principals of other accounts pull. Across accounts, IAM asks for both this policy and the
 * permissions of the role, so a role alone is denied.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
 *
 * @param principals ARNs of roles or accounts, in the partition of the repository
 * @throws Fault `settings` for every invalid value at once
 */
export function repositoryPolicy({ partition, principals }: { partition: string; principals: readonly string[] }): Policy {
  refuse([
    ...(principals.length === 0 ? [`principals: found an empty list, wanted at least one item: ${principalForm.wanted}`] : []),
    ...principals.flatMap((arn, at) => principalProblems(`principals[${at}]`, arn, partition)),
  ])
  return policyOf([{ Sid: 'CrossAccountPull', Effect: 'Allow', Principal: { AWS: [...principals] }, Action: pullActions }])
}

function principalProblems(name: string, arn: string, partition: string): string[] {
  const problems = formProblems(name, arn, principalForm)
  if (problems.length > 0 || arn.startsWith(`arn:${partition}:`)) return problems
  return [`${name}: found ${arn} in another partition, wanted the partition ${partition} of the repository`]
}
