import { GoogleError } from './google-error.ts'
import { checkLabels } from './labels.ts'
import { notFound } from './refusals.ts'
import { type Repositories, type Repository, repositoryFields } from './repositories.ts'
import { isObject, readBody } from './request-body.ts'
import type { RestMethods, RestRequest } from './rest-method.ts'
import { applyMask, readMask } from './update-mask.ts'
import { checkUpstream, type UpstreamWorld } from './upstream-check.ts'

export interface ArtifactRegistryWorld extends UpstreamWorld {
  repositories: Repositories
}

const path = '/v1/projects/{project}/locations/{location}/repositories/{repository}'
// https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories: what a client sends there is ignored.
const outputOnly = ['name', 'createTime', 'updateTime', 'sizeBytes', 'satisfiesPzs', 'satisfiesPzi', 'registryUri']
const immutable = ['format', 'mode', 'kmsKeyName']

/**
 * Artifact Registry, of which repositories are emulated, but not what is in them.
 * Source: https://cloud.google.com/artifact-registry/docs/reference/rest
 */
export const artifactRegistry: RestMethods<ArtifactRegistryWorld> = {
  GetRepository: {
    http: 'GET',
    path,
    permission: 'artifactregistry.repositories.get',
    answer(world, request) {
      const repository = findRepository(world, request)
      return { ...repository, registryUri: registryUri(repository) }
    },
  },
  UpdateRepository: { http: 'PATCH', path, permission: 'artifactregistry.repositories.update', answer: updateRepository },
}

async function updateRepository(world: ArtifactRegistryWorld, request: RestRequest): Promise<object> {
  const current = findRepository(world, request)
  const sent = readBody(request.body, repositoryFields, 'repository')
  const paths = readMask(request.query, sent, repositoryFields).filter(([field = '']) => !outputOnly.includes(field))
  const changed = withoutInputs(applyMask(current, sent, paths))
  for (const field of immutable) {
    if (Reflect.get(changed, field) !== Reflect.get(current, field)) throw invalid(`${field} cannot be changed`)
  }
  if (changed.labels !== undefined) checkLabels(changed.labels)
  if (paths.some(([field]) => field === 'remoteRepositoryConfig')) {
    if (current.mode !== 'REMOTE_REPOSITORY')
      throw invalid(`remoteRepositoryConfig is not allowed for a repository of mode ${current.mode}`)
    if (!skipsValidation(sent)) await checkUpstream(world, { project: request.project, config: changed.remoteRepositoryConfig ?? {} })
  }
  // Another request may have changed the repository while the upstream was asked.
  const newest = withoutInputs(applyMask(findRepository(world, request), sent, paths))
  const stored = { ...newest, updateTime: new Date(request.nowMs).toISOString() }
  world.repositories.put(stored)
  return stored
}

function findRepository({ repositories }: ArtifactRegistryWorld, { project, params }: RestRequest): Repository {
  const { location = '', repository: id = '' } = params
  const repository = repositories.find(project, location, id)
  if (!repository) throw notFound()
  return repository
}

function registryUri({ name, format }: Repository): string {
  const [, project, , location, , id] = name.split('/')
  return `${location}-${format.toLowerCase()}.pkg.dev/${project}/${id}`
}

/** `disableUpstreamValidation` is for one request: it is neither stored nor answered, and no mask needs to name it. */
function skipsValidation({ remoteRepositoryConfig }: Record<string, unknown>): boolean {
  return isObject(remoteRepositoryConfig) && remoteRepositoryConfig.disableUpstreamValidation === true
}

function withoutInputs(repository: Repository): Repository {
  if (repository.remoteRepositoryConfig) Reflect.deleteProperty(repository.remoteRepositoryConfig, 'disableUpstreamValidation')
  return repository
}

/** Google's own words are not known for these. */
function invalid(reason: string): GoogleError {
  return new GoogleError('INVALID_ARGUMENT', `Request contains an invalid argument: ${reason}.`)
}
