/** A job of GitHub Actions, as its identity token describes it. */
export interface Job {
  owner: string
  ownerId: string
  repository: string
  repositoryId: string
  /** For example `refs/heads/main`. */
  ref: string
  /** The name of the deployment environment, if the job has one. */
  environment?: string
  /** Does the subject contain the ids? So it does for repositories that were created or renamed since July 2026. */
  subjectHasIds?: boolean
}

export const issuer = 'https://token.actions.githubusercontent.com'
/** Life of an identity token of a job: from the examples of the documentation. */
export const identityTokenLifeSeconds = 300

/**
 * The claims of the identity token of a job.
 * Source: https://docs.github.com/en/actions/reference/security/oidc#oidc-token-claims
 *
 * @param audience by default the owner's page, which no AWS role expects
 * @param nowMs milliseconds since the epoch
 */
export function claimsOf(job: Job, { audience, nowMs }: { audience: string | undefined; nowMs: number }): Record<string, string | number> {
  const { owner, ownerId, repository, repositoryId, ref, environment } = job
  const iat = Math.floor(nowMs / 1000)
  return {
    jti: `${repositoryId}-${iat}`,
    sub: subjectOf(job),
    aud: audience ?? `https://github.com/${owner}`,
    iss: issuer,
    ref,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    sha: '0123456789abcdef0123456789abcdef01234567',
    repository: `${owner}/${repository}`,
    repository_id: repositoryId,
    repository_owner: owner,
    repository_owner_id: ownerId,
    repository_visibility: 'private',
    run_id: '1234567890',
    run_number: '10',
    run_attempt: '1',
    runner_environment: 'github-hosted',
    actor: 'octocat',
    actor_id: '12',
    workflow: 'build',
    workflow_ref: `${owner}/${repository}/.github/workflows/build.yaml@${ref}`,
    job_workflow_ref: `${owner}/${repository}/.github/workflows/build.yaml@${ref}`,
    event_name: 'push',
    ...(environment !== undefined && { environment }),
    nbf: iat - 60,
    iat,
    exp: iat + identityTokenLifeSeconds,
  }
}

/** In both forms, an environment takes the place of the ref. */
function subjectOf({ owner, ownerId, repository, repositoryId, ref, environment, subjectHasIds = false }: Job): string {
  const name = subjectHasIds ? `${owner}@${ownerId}/${repository}@${repositoryId}` : `${owner}/${repository}`
  return `repo:${name}:${environment === undefined ? `ref:${ref}` : `environment:${environment}`}`
}
