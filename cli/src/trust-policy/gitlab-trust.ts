import { type Account, accountProblems, type Form, formProblems, literalForm } from './input-problems.ts'
import { issuerProblems, providerArn } from './issuer.ts'
import type { Statement } from './policy.ts'
import { refuse } from './refuse.ts'
import { webIdentity } from './web-identity.ts'

export interface GitlabIdentity {
  /** `gitlab.com`, or the host of an instance of your own. */
  issuer: string
  /** The path of the project, such as `group/project`. */
  project: string
  /** The audience, which the job states under `id_tokens`. */
  audience: string
  /** Only jobs for this branch. */
  branch?: string | undefined
}

const projectForm: Form = { pattern: /^[\w.-]+(?:\/[\w.-]+)+$/, wanted: 'the path of one project, such as group/project' }
const branchForm: Form = { pattern: /^[^*?$\s:]{1,240}$/, wanted: 'the name of one branch' }

/**
 * Trusts the jobs of one project on GitLab. AWS has no keys of its own for GitLab's claims, so the subject contains them.
 * https://docs.gitlab.com/ci/cloud_services/aws/
 *
 * @param account the account of the role
 * @throws Fault `settings` for every invalid value at once
 */
export function gitlabTrust(account: Account, identity: GitlabIdentity): Statement {
  const { issuer, project, audience, branch } = identity
  refuse([
    ...accountProblems(account),
    ...issuerProblems(issuer),
    ...formProblems('project', project, projectForm),
    ...formProblems('audience', audience, literalForm),
    ...(branch === undefined ? [] : formProblems('branch', branch, branchForm)),
  ])
  const context = branch === undefined ? '*' : `ref_type:branch:ref:${branch}`
  return webIdentity({
    provider: providerArn(account, issuer),
    equals: { [`${issuer}:aud`]: audience },
    like: { [`${issuer}:sub`]: `project_path:${project}:${context}` },
  })
}
