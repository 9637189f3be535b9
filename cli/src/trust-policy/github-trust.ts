import { type Account, accountProblems, type Form, formProblems, literalForm } from './input-problems.ts'
import { providerArn } from './issuer.ts'
import type { Statement } from './policy.ts'
import { refuse } from './refuse.ts'
import { webIdentity } from './web-identity.ts'

export interface GithubIdentity {
  owner: string
  /** The numeric ID of the owner: `gh api /repos/OWNER/REPOSITORY --jq .owner.id`. */
  ownerId: string
  repository: string
  /** The numeric ID of the repository: `gh api /repos/OWNER/REPOSITORY --jq .id`. */
  repositoryId: string
  audience: string
  /** Only runs for this Git reference, such as `refs/heads/main`. */
  ref?: string | undefined
  /** Only jobs that use this environment. */
  environment?: string | undefined
}

export const githubIssuer = 'token.actions.githubusercontent.com'

const nameForm: Form = { pattern: /^[\w.-]{1,100}$/, wanted: 'one name, without a slash' }
const idForm: Form = { pattern: /^\d{1,20}$/, wanted: 'a number' }
const refForm: Form = { pattern: /^refs\/[^*?$\s:]{1,240}$/, wanted: 'a full Git reference, such as refs/heads/main' }

/**
 * Trusts the jobs of one repository on GitHub Actions. Repositories that were created or renamed since July 2026 have numeric IDs in the
 * subject, and older ones have not, so both forms of the subject are accepted. The key `repository_id` does not depend on the form.
 *
 * @see https://docs.github.com/actions/reference/security/oidc
 * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
 * @see https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/
 * @param account the account of the role
 * @throws Fault `settings` for every invalid value at once
 */
export function githubTrust(account: Account, identity: GithubIdentity): Statement {
  const { audience, repositoryId, ref, environment } = identity
  refuse([...accountProblems(account), ...problems(identity)])
  const key = (claim: string) => `${githubIssuer}:${claim}`
  return webIdentity({
    provider: providerArn(account, githubIssuer),
    equals: {
      [key('aud')]: audience,
      [key('repository_id')]: repositoryId,
      ...(ref !== undefined && { [key('ref')]: ref }),
      ...(environment !== undefined && { [key('environment')]: environment }),
    },
    like: { [key('sub')]: subjects(identity) },
  })
}

function problems(identity: GithubIdentity): string[] {
  const { owner, ownerId, repository, repositoryId, audience, ref, environment } = identity
  return [
    ...formProblems('owner', owner, nameForm),
    ...formProblems('ownerId', ownerId, idForm),
    ...formProblems('repository', repository, nameForm),
    ...formProblems('repositoryId', repositoryId, idForm),
    ...formProblems('audience', audience, literalForm),
    ...(ref === undefined ? [] : formProblems('ref', ref, refForm)),
    // A colon has another spelling in the subject.
    ...(environment === undefined
      ? []
      : formProblems('environment', environment, { pattern: /^[^*?$:\s]{1,100}$/, wanted: literalForm.wanted })),
  ]
}

/** A job with an environment has the environment in its subject, and any other job the reference. */
function subjects({ owner, ownerId, repository, repositoryId, ref, environment }: GithubIdentity): string[] {
  const context = environment !== undefined ? `environment:${environment}` : ref !== undefined ? `ref:${ref}` : '*'
  return [`repo:${owner}/${repository}:${context}`, `repo:${owner}@${ownerId}/${repository}@${repositoryId}:${context}`]
}
