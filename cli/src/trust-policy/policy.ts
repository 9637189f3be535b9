/** An IAM policy document. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface Policy {
  Version: '2012-10-17'
  Statement: Statement[]
}

export interface Statement {
  Sid?: string
  Effect: 'Allow'
  /** Only in trust policies and in the policies of repositories and registries. */
  Principal?: { Federated: string } | { AWS: string[] } | { Service: string }
  Action: string | string[]
  Resource?: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

export function policyOf(statements: Statement[]): Policy {
  return { Version: '2012-10-17', Statement: statements }
}

/** The policy as AWS counts its size, and as a session policy is sent: without white space. */
export function compactText(policy: Policy): string {
  return JSON.stringify(policy)
}

/** The policy for readers, and for `aws iam create-role --assume-role-policy-document file://…`. */
export function readableText(policy: Policy): string {
  return `${JSON.stringify(policy, null, 2)}\n`
}
