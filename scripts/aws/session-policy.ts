import { AwsError } from './aws-error.ts'

/** A statement of a session policy. Only `Allow` with lists or single values is emulated. */
interface Statement {
  actions: string[]
  resources: string[]
}

/** What a session policy allows. A session has only what both its role and all its policies allow. */
export type SessionPolicy = Statement[]

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const maxLength = 2048

/**
 * Reads the parameter `Policy` of STS.
 *
 * @returns undefined if there is none
 * @throws AwsError `invalid-input` if it is too long, `malformed-policy` if it is not a policy
 */
export function readSessionPolicy(text: unknown): SessionPolicy | undefined {
  if (text === undefined) return undefined
  if (String(text).length > maxLength) {
    throw new AwsError(
      'invalid-input',
      "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
    )
  }
  try {
    const { Version, Statement } = JSON.parse(String(text))
    if (Version !== '2012-10-17') throw new Error('another version')
    return Statement.map(({ Effect, Action, Resource }: Record<string, unknown>) => {
      if (Effect !== 'Allow') throw new Error('only Allow is emulated')
      return { actions: texts(Action), resources: texts(Resource) }
    })
  } catch {
    throw new AwsError('malformed-policy', 'Syntax errors in policy.')
  }
}

/** How much of AWS's limit the policy uses, in percent. AWS does not document how it packs policies, so this is by its length. */
export function packedSize(text: unknown): number {
  return Math.ceil((String(text).length / maxLength) * 100)
}

/** Whether all policies of a session allow an action on a resource. */
export function allows(policies: readonly SessionPolicy[], action: string, resource: string): boolean {
  const matches = (pattern: string, value: string) => patternOf(pattern).test(value)
  return policies.every(policy =>
    policy.some(({ actions, resources }) => actions.some(one => matches(one, action)) && resources.some(one => matches(one, resource))),
  )
}

/** In an IAM policy, `*` matches any characters, including `/` and `:`. */
function patternOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's')
}

function texts(value: unknown): string[] {
  const all = [value].flat()
  if (all.length === 0 || !all.every(one => typeof one === 'string')) throw new Error('no list of texts')
  return all
}
