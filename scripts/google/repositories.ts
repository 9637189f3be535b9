import type { Project } from './projects.ts'
import type { Fields } from './request-body.ts'

/** The credentials of a remote repository for its upstream: the password is a version of a secret. */
export interface UpstreamCredentials {
  usernamePasswordCredentials?: { username?: string; passwordSecretVersion?: string }
}

export interface RemoteRepositoryConfig {
  description?: string
  dockerRepository?: { publicRepository?: string; customRepository?: { uri?: string } }
  commonRepository?: { uri?: string }
  upstreamCredentials?: UpstreamCredentials
}

/** A repository as Artifact Registry answers it. Times are RFC 3339. */
export interface Repository {
  /** With the id of the project: `projects/my-project/locations/europe-west1/repositories/ecr`. */
  name: string
  format: string
  mode: 'REMOTE_REPOSITORY' | 'STANDARD_REPOSITORY' | 'VIRTUAL_REPOSITORY'
  description?: string
  labels?: Record<string, string>
  remoteRepositoryConfig?: RemoteRepositoryConfig
  createTime: string
  updateTime: string
}

/** The fields of the message Repository. Source: https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories */
export const repositoryFields: Fields = {
  name: 'value',
  format: 'value',
  mode: 'value',
  description: 'value',
  labels: 'map',
  createTime: 'value',
  updateTime: 'value',
  kmsKeyName: 'value',
  sizeBytes: 'value',
  satisfiesPzs: 'value',
  satisfiesPzi: 'value',
  registryUri: 'value',
  cleanupPolicies: 'map',
  cleanupPolicyDryRun: 'value',
  disallowUnspecifiedMode: 'value',
  vulnerabilityScanningConfig: 'map',
  mavenConfig: 'map',
  dockerConfig: { immutableTags: 'value' },
  virtualRepositoryConfig: { upstreamPolicies: 'value' },
  remoteRepositoryConfig: {
    description: 'value',
    disableUpstreamValidation: 'value',
    dockerRepository: { publicRepository: 'value', customRepository: { uri: 'value' } },
    commonRepository: { uri: 'value' },
    mavenRepository: 'map',
    npmRepository: 'map',
    pythonRepository: 'map',
    aptRepository: 'map',
    yumRepository: 'map',
    upstreamCredentials: { usernamePasswordCredentials: { username: 'value', passwordSecretVersion: 'value' } },
  },
}

/** Holds the repositories of all projects. */
export interface Repositories {
  find(project: Project, location: string, id: string): Repository | undefined
  /** Adds a repository, or replaces the one of the same name. */
  put(repository: Repository): void
}

export function createRepositories(): Repositories {
  const repositories = new Map<string, Repository>()
  return {
    find: (project, location, id) => repositories.get(repositoryName(project, location, id)),
    put: repository => void repositories.set(repository.name, repository),
  }
}

export function repositoryName({ id }: Project, location: string, repository: string): string {
  return `projects/${id}/locations/${location}/repositories/${repository}`
}
