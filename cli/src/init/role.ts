import type { Account } from '../trust-policy/input-problems.ts'
import type { Principal } from './answers.ts'

export interface RoleParts extends Principal {
  /** The account that an ARN names; undefined if only a name was given. */
  account: Account | undefined
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names */
const roleArn = /^arn:(aws[a-z-]*):iam::(\d{12}):role(\/(?:[\w+=,.@-]+\/)*)([\w+=,.@-]{1,64})$/
const roleName = /^[\w+=,.@-]{1,64}$/

/** Reads the name or the ARN of a role; undefined if it is neither. */
export function roleParts(text: string): RoleParts | undefined {
  if (roleName.test(text)) return { account: undefined, path: '/', name: text }
  const [, partition, account, path, name] = roleArn.exec(text) ?? []
  if (partition === undefined || account === undefined || path === undefined || name === undefined) return undefined
  return { account: { partition, account }, path, name }
}
