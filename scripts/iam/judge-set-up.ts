import { resourceOf, type SetUp } from './set-ups/set-up.ts'
import { type PolicyJson, permits, trusts } from './simulate.ts'
import { twinCases } from './twins.ts'

export interface Verdict {
  about: string
  isAllowed: boolean
  expected: boolean
}

/** Sends every request of a set-up to the simulator, against policies that somebody rendered for it. */
export async function judgeSetUp(
  { account, tokens, accesses }: SetUp,
  policies: { trust: PolicyJson; permissions: PolicyJson },
): Promise<Verdict[]> {
  const principal = `arn:${account.partition}:iam::${account.account}:role/ecr-anywhere`
  const ofTokens = tokens.flatMap(twinCases).map(async ({ about, request, isAllowed }) => ({
    about,
    isAllowed: await trusts(policies.trust, { ...account, claims: request }),
    expected: isAllowed,
  }))
  const ofAccesses = accesses.flatMap(twinCases).map(async ({ about, request, isAllowed }) => ({
    about,
    // The account of the role is asked alone. What the account of the registry says is in `permitsAcross`.
    isAllowed: await permits(policies.permissions, {
      action: request.action,
      principal,
      account: account.account,
      resource: resourceOf(request),
    }),
    expected: isAllowed,
  }))
  return await Promise.all([...ofTokens, ...ofAccesses])
}
