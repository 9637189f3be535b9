import { type AccessTokens, accessTokenLifeSeconds } from './access-tokens.ts'
import { cloudPlatform } from './apis.ts'
import type { Project, Projects } from './projects.ts'
import { type Repositories, type Repository, repositoryName, type UpstreamCredentials } from './repositories.ts'
import { versionName } from './secret-answers.ts'
import { addVersion, type Secret, type Secrets, setState, type Version, type VersionState } from './secrets.ts'

/** A secret that is there from the start. */
export interface SecretSpec {
  /** Id or number of its project; the first project without it. */
  project?: string
  id: string
  /** Payloads of its versions, the oldest first; none by default. All are ENABLED. */
  payloads?: string[]
}

/** A repository that is there from the start. */
export interface RepositorySpec {
  /** Id or number of its project; the first project without it. */
  project?: string
  location: string
  id: string
  /** `DOCKER` by default. */
  format?: string
  /** `REMOTE_REPOSITORY` by default. */
  mode?: Repository['mode']
  /** The custom upstream of a remote repository: `https://123456789012.dkr.ecr.eu-west-1.amazonaws.com`. */
  uri?: string
  /** User and secret version that it uses for its upstream. */
  credentials?: { username: string; passwordSecretVersion: string }
  labels?: Record<string, string>
}

/** A version as tests look at it. */
export interface VersionView {
  /** With the number of the project. */
  name: string
  number: number
  state: VersionState
  /** Undefined once it is destroyed. */
  payload: string | undefined
}

/** What a remote repository would send to its upstream. */
export interface UpstreamInUse {
  username?: string
  /** The secret version, as the repository names it. */
  passwordSecretVersion?: string
  /** Undefined if the version is not there or not ENABLED. */
  password?: string
}

interface StateWorld {
  projects: Projects
  secrets: Secrets
  repositories: Repositories
  tokens: AccessTokens
  nowMs: () => number
}

/** The functions by which tests look at what the emulator holds, and change it behind the back of its clients. */
export function stateOf(world: StateWorld) {
  return {
    versions: (name: string): VersionView[] => {
      const secret = secretOf(world, name)
      return secret.versions.map(version => ({
        name: versionName(secret, version),
        number: version.number,
        state: version.state,
        payload: version.payload?.toString(),
      }))
    },
    putSecret({ project, id, payloads = [] }: SecretSpec) {
      const secret = world.secrets.create(projectOf(world, project), id, world.nowMs())
      for (const payload of payloads) addVersion(secret, Buffer.from(payload), { nowMs: world.nowMs() })
    },
    setVersionState: (name: string, state: VersionState) => setState(versionOf(world, name), state, world.nowMs()),
    repository: (name: string): Repository => structuredClone(repositoryOf(world, name)),
    putRepository: (spec: RepositorySpec) => world.repositories.put(newRepository(world, spec)),
    upstreamInUse(name: string): UpstreamInUse {
      const credentials: UpstreamCredentials = repositoryOf(world, name).remoteRepositoryConfig?.upstreamCredentials ?? {}
      const { username, passwordSecretVersion } = credentials.usernamePasswordCredentials ?? {}
      const version = passwordSecretVersion === undefined ? undefined : findVersion(world, passwordSecretVersion)
      const password = version?.state === 'ENABLED' ? version.payload?.toString() : undefined
      return {
        ...(username !== undefined && { username }),
        ...(passwordSecretVersion !== undefined && { passwordSecretVersion }),
        ...(password !== undefined && { password }),
      }
    },
    accessToken: (email: string): string =>
      world.tokens.issue({ email, scopes: [cloudPlatform], expiresAtMs: world.nowMs() + accessTokenLifeSeconds * 1000 }),
  }
}

function newRepository(world: StateWorld, spec: RepositorySpec): Repository {
  const { project, location, id, format = 'DOCKER', mode = 'REMOTE_REPOSITORY', uri, credentials, labels } = spec
  const now = new Date(world.nowMs()).toISOString()
  const remoteRepositoryConfig = {
    ...(uri !== undefined && { dockerRepository: { customRepository: { uri } } }),
    ...(credentials && { upstreamCredentials: { usernamePasswordCredentials: credentials } }),
  }
  return {
    name: repositoryName(projectOf(world, project), location, id),
    format,
    mode,
    ...(labels && { labels }),
    ...(mode === 'REMOTE_REPOSITORY' && { remoteRepositoryConfig }),
    createTime: now,
    updateTime: now,
  }
}

function projectOf({ projects }: StateWorld, idOrNumber: string = projects.all[0]?.id ?? ''): Project {
  return found(projects.find(idOrNumber), `project ${idOrNumber}`)
}

function secretOf(world: StateWorld, name: string): Secret {
  const [, project, , id = ''] = name.split('/')
  return found(world.secrets.find(projectOf(world, project), id), name)
}

function repositoryOf(world: StateWorld, name: string): Repository {
  const [, project, , location = '', , id = ''] = name.split('/')
  return found(world.repositories.find(projectOf(world, project), location, id), name)
}

function versionOf(world: StateWorld, name: string): Version {
  return found(findVersion(world, name), name)
}

function findVersion(world: StateWorld, name: string): Version | undefined {
  const asked = name.split('/').at(-1)
  const { versions } = secretOf(world, name)
  return asked === 'latest' ? versions.at(-1) : versions.find(({ number }) => String(number) === asked)
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`found no ${what}; wanted one that the emulator was given`)
  return value
}
