import type { ApiCall, Result } from './api-call.ts'
import { AwsError, notAuthorized } from './aws-error.ts'
import { accountOf, type Policy, type Principal } from './principals.ts'
import type { RateLimit } from './rate-limit.ts'
import { allows } from './session-policy.ts'
import { expiresAt, type Tokens } from './tokens.ts'

/** The only region in signatures that the API of ECR Public accepts. Its tokens are valid worldwide. */
export const publicRegion = 'us-east-1'

export interface EcrWorld {
  tokens: Tokens
  rateLimit: RateLimit
  policy: (identityArn: string) => Policy
}

interface Asked {
  principal: Principal
  region: string
  nowMs: number
  lifeSeconds: number
}

/**
 * GetAuthorizationToken of ECR and of ECR Public.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 *
 * @throws AwsError `unknown-action`, `bad-signature` (ECR Public outside us-east-1), `throttled`, `access-denied`, `invalid-input`
 */
export function ecr({ tokens, rateLimit, policy }: EcrWorld, { api, action, input }: ApiCall, asked: Asked): Result {
  const { principal, region, nowMs, lifeSeconds } = asked
  const isPublic = api === 'ecr-public'
  if (action !== 'GetAuthorizationToken') throw new AwsError('unknown-action', `${action} is not emulated`)
  if (isPublic && region !== publicRegion) throw new AwsError('bad-signature', 'Credential should be scoped to a valid region. ')
  const account = accountOf(principal.arn)
  if (!rateLimit(`${api} ${account} ${region}`, nowMs)) throw new AwsError('throttled', 'Rate exceeded')
  authorize(principal, policy(principal.identityArn), isPublic)
  const { arn, identityArn, opened } = principal
  const policies = opened?.policies ?? []
  const expiry = expiresAt(nowMs, lifeSeconds)
  const issue = () => tokens.issue({ arn, identityArn, policies, reach: isPublic ? 'public' : region, expiresAt: expiry })
  if (isPublic) return { authorizationData: { authorizationToken: issue(), expiresAt: expiry } }
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return {
    authorizationData: registryIds(input.registryIds, account).map(id => ({
      authorizationToken: issue(),
      expiresAt: expiry,
      proxyEndpoint: `https://${id}.dkr.ecr.${region}.${suffix}`,
    })),
  }
}

function authorize({ arn, opened }: Principal, { denyEcr, denyBearerToken }: Policy, isPublic: boolean): void {
  const mayRequest = (action: string) => allows(opened?.policies ?? [], action, '*')
  const action = isPublic ? 'ecr-public:GetAuthorizationToken' : 'ecr:GetAuthorizationToken'
  if (denyEcr || !mayRequest(action)) throw notAuthorized(arn, action)
  const bearer = 'sts:GetServiceBearerToken'
  if (isPublic && (denyBearerToken || !mayRequest(bearer))) throw notAuthorized(arn, bearer)
}

/** Reads a deprecated input that old clients still send. Without it the answer is for the account of the caller. */
function registryIds(asked: unknown, account: string): string[] {
  const ids = Array.isArray(asked) && asked.length > 0 ? asked.map(String) : [account]
  const wrong = ids.find(id => !/^\d{12}$/.test(id))
  if (wrong !== undefined)
    throw new AwsError('invalid-input', `Invalid parameter at 'registryIds' failed to satisfy constraint: '12 digits'`)
  return ids
}
