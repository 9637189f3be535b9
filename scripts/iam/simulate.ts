import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate'
import { type Claims, contextKeys, providerOf, simulatedName } from './claims.ts'

/** A policy as parsed JSON: the simulator validates it. */
export type PolicyJson = object

const account = '111122223333'

/** What a trust policy is asked: a token, and the account of the role. */
export interface TrustRequest {
  partition?: string
  account?: string
  claims: Claims
}

/** @returns whether this trust policy lets the bearer of a token with these claims assume the role */
export async function trusts(policy: PolicyJson, { partition = 'aws', account: of = account, claims }: TrustRequest): Promise<boolean> {
  const { resourceAnalysis } = await simulated({
    request: {
      principal: providerOf(claims.iss, { partition, account: of }),
      action: 'sts:AssumeRoleWithWebIdentity',
      resource: { resource: `arn:${partition}:iam::${of}:role/simulated`, accountId: of },
      contextVariables: contextKeys(claims),
    },
    ...none,
    resourcePolicy: simulatedName(policy, claims.iss),
  })
  // The whole result asks for permissions of the caller as well, which a web identity neither has nor needs.
  return resourceAnalysis?.result === 'Allowed'
}

export interface AccessRequest {
  action: string
  /** The principal that asks, and the account that owns the resource. */
  principal: string
  account: string
  /** `*` for an action that has no resource. */
  resource: string
}

/** @returns whether a principal with this policy may do this, as far as its own account is asked */
export async function permits(policy: PolicyJson, request: AccessRequest): Promise<boolean> {
  const { identityAnalysis } = await simulated({
    ...none,
    request: requestOf(request),
    identityPolicies: [{ name: 'permissions', policy }],
  })
  return identityAnalysis?.result === 'Allowed'
}

/** @returns whether a principal with the one policy may do this with a resource that has the other one; its account is asked as well */
export async function permitsAcross(policy: PolicyJson, resourcePolicy: PolicyJson | undefined, request: AccessRequest): Promise<boolean> {
  const identityPolicies = [{ name: 'permissions', policy }]
  const { result } = await simulated({ ...none, request: requestOf(request), identityPolicies, resourcePolicy })
  return result === 'Allowed'
}

const none = { identityPolicies: [], serviceControlPolicies: [], resourceControlPolicies: [] }

function requestOf({ action, principal, account, resource }: AccessRequest): Simulation['request'] {
  return { principal, action, resource: { resource, accountId: account }, contextVariables: {} }
}

/** In Strict mode, a condition on a key that the request lacks is false. In the other mode it would be ignored. */
async function simulated(simulation: Simulation) {
  const outcome = await runSimulation(simulation, { simulationMode: 'Strict' })
  if (outcome.resultType !== 'single') throw new Error(`the simulator found no single result: ${JSON.stringify(outcome).slice(0, 1_000)}`)
  const { analysis, ignoredContextKeys = [] } = outcome.result
  if (ignoredContextKeys.length > 0) throw new Error(`the simulator ignored the context keys ${ignoredContextKeys.join(', ')}`)
  return analysis
}
