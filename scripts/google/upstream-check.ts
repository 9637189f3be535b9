import { GoogleError } from './google-error.ts'
import type { Project, Projects } from './projects.ts'
import type { RemoteRepositoryConfig } from './repositories.ts'
import { accessPayload } from './secret-manager.ts'
import type { Secrets } from './secrets.ts'

/** What Artifact Registry asks the upstream of a remote repository: does it accept this password? */
export type ValidateUpstream = (upstream: { uri: string; username: string; password: string }) => boolean | Promise<boolean>

export interface UpstreamWorld {
  projects: Projects
  secrets: Secrets
  /** May the service agent of Artifact Registry access secrets? */
  serviceAgent: { mayAccessSecrets: boolean }
  validateUpstream: ValidateUpstream
}

const secretVersionPattern = /^projects\/(?<project>[^/]+)\/secrets\/(?<secret>[^/]+)\/versions\/(?<version>\d+|latest)$/
const dockerHub = 'https://registry-1.docker.io'

/**
 * Validates the upstream of a remote repository: the service agent reads the password and tries it at the upstream.
 * The message for a password that the upstream refuses is Google's (https://github.com/hashicorp/terraform-provider-google/issues/17589).
 * For a version that cannot be read, only its beginning is.
 * Source: https://cloud.google.com/artifact-registry/docs/repositories/configure-remote-authentication
 *
 * @throws GoogleError INVALID_ARGUMENT
 */
export async function checkUpstream(world: UpstreamWorld, { project, config }: { project: Project; config: RemoteRepositoryConfig }) {
  const { username = '', passwordSecretVersion: name } = config.upstreamCredentials?.usernamePasswordCredentials ?? {}
  if (name === undefined) return
  const password = readPassword(world, { project, name })
  const uri = config.dockerRepository?.customRepository?.uri ?? config.commonRepository?.uri ?? dockerHub
  if (await world.validateUpstream({ uri, username, password })) return
  throw notValidated(
    'failed to fetch bearer token; generic::unauthenticated: Unauthorized error returned by the external repository... this typically means your upstream credentials are invalid',
  )
}

function readPassword(world: UpstreamWorld, { project, name }: { project: Project; name: string }): string {
  const groups = secretVersionPattern.exec(name)?.groups
  if (!groups) throw new GoogleError('INVALID_ARGUMENT', `Request contains an invalid argument: "${name}" is no secret version.`)
  const { project: owner = '', secret: id = '', version: asked = '' } = groups
  if (!world.serviceAgent.mayAccessSecrets) {
    const agent = `service-${project.number}@gcp-sa-artifactregistry.iam.gserviceaccount.com`
    throw notValidated(
      `generic::permission_denied: Permission 'secretmanager.versions.access' denied for resource '${name}' (or it may not exist). Grant ${agent} the role Secret Manager Secret Accessor`,
    )
  }
  const ownerProject = world.projects.find(owner)
  const secret = ownerProject && world.secrets.find(ownerProject, id)
  const version = asked === 'latest' ? secret?.versions.at(-1) : secret?.versions.find(({ number }) => String(number) === asked)
  if (!secret || !version) throw notValidated(`generic::not_found: Secret Version [${name}] not found`)
  try {
    return accessPayload(secret, version).toString()
  } catch (error) {
    if (error instanceof GoogleError) throw notValidated(`generic::failed_precondition: ${error.message}`)
    throw error
  }
}

function notValidated(reason: string): GoogleError {
  return new GoogleError('INVALID_ARGUMENT', `Failed to validate remote upstream: ${reason}`)
}
