import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { GoogleApi } from '@ecr-anywhere/shared/google/google-api.ts'
import * as z from 'zod'
import { checkRepository } from '../check-repository.ts'
import { expiryLabel, formatExpiry, type KnownVersion } from '../expiry-label.ts'
import type { RepositoryState } from '../plan.ts'
import { versionPath } from '../secret-name.ts'
import { repositoryPath, type Target } from '../target.ts'
import { answered } from './answered.ts'

const base = 'https://artifactregistry.googleapis.com/v1'

/** https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories#Repository */
const repository = z.object({
  mode: z.string().default('STANDARD_REPOSITORY'),
  format: z.string().default(''),
  labels: z.record(z.string(), z.string()).default({}),
  remoteRepositoryConfig: z
    .object({
      dockerRepository: z.object({ customRepository: z.object({ uri: z.string() }).optional() }).optional(),
      upstreamCredentials: z
        .object({
          usernamePasswordCredentials: z
            .object({ username: z.string().optional(), passwordSecretVersion: z.string().optional() })
            .optional(),
        })
        .optional(),
    })
    .optional(),
})

/** The remote repositories of Artifact Registry. */
export interface ArtifactRegistry {
  /** @throws Fault `transient`; `input` if the repository is not a remote Docker repository of an ECR registry in the target's region */
  read: (target: Target) => Promise<RepositoryState>
  /**
   * Sets upstream credentials and label in one request. Artifact Registry first logs in to the upstream with them. If this fails, it keeps
   * the previous ones.
   *
   * @returns the repository as Artifact Registry has stored it
   * @throws Fault `transient`
   */
  setVersion: (state: RepositoryState, known: KnownVersion) => Promise<RepositoryState>
}

export function artifactRegistry(call: GoogleApi): ArtifactRegistry {
  return {
    async read(target) {
      const url = `${base}/${repositoryPath(target)}`
      return stateOf(target, answered(repository, await call({ url, permission: 'artifactregistry.repositories.get' }), url))
    },
    async setVersion({ target, labels }, known) {
      const updateMask = 'remoteRepositoryConfig.upstreamCredentials,labels'
      const url = `${base}/${repositoryPath(target)}?${new URLSearchParams({ updateMask })}`
      const usernamePasswordCredentials = {
        username: target.username,
        passwordSecretVersion: versionPath(target.secret, known.version),
      }
      const body = {
        remoteRepositoryConfig: { upstreamCredentials: { usernamePasswordCredentials } },
        labels: { ...labels, [expiryLabel]: formatExpiry(known) },
      }
      const answer = await call({ method: 'PATCH', url, body, permission: 'artifactregistry.repositories.update' }).catch(explain)
      return stateOf(target, answered(repository, answer, url))
    },
  }
}

function stateOf(target: Target, { mode, format, labels, remoteRepositoryConfig: remote }: z.output<typeof repository>): RepositoryState {
  checkRepository(target, { mode, format, upstreamUri: remote?.dockerRepository?.customRepository?.uri })
  const { username, passwordSecretVersion } = remote?.upstreamCredentials?.usernamePasswordCredentials ?? {}
  return { target, username, secretVersion: passwordSecretVersion, labels }
}

/** Adds what to check if Artifact Registry refuses the credentials. It reports this as any other invalid request, with a text that is quoted. */
function explain(error: unknown): never {
  if (!(error instanceof Fault) || !refusals.includes(error.code)) throw error
  throw new Fault(error.kind, {
    ...error.text,
    todo: "The previous credentials stay. May Artifact Registry's service agent access the secret (roles/secretmanager.secretAccessor), and may the AWS role read the upstream registry?",
  })
}

const refusals = ['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'HTTP400']
