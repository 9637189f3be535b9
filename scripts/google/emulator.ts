import { type Calls, createCallLog } from '../aws/calls.ts'
import { listen, portOf, stop } from '../aws/http-server.ts'
import { createAccessTokens } from './access-tokens.ts'
import { type Account, createAccounts } from './accounts.ts'
import type { Call, OnCall } from './call.ts'
import { control } from './control.ts'
import { type AuthorizedUserFile, authorizedUserFile, type ServiceAccountFile, serviceAccountFile } from './credentials-files.ts'
import { createFaults, type Fault } from './faults.ts'
import { accountKeysPath, createKeys, googleKeysPath, publicKeys } from './keys.ts'
import { createLogins } from './logins.ts'
import { type Machine, metadataServer } from './metadata-server.ts'
import { createProjects, type Project } from './projects.ts'
import { createRepositories, type Repository } from './repositories.ts'
import { restApi } from './rest-api.ts'
import { createSecrets, type VersionState } from './secrets.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import type { ValidateUpstream } from './upstream-check.ts'
import { type RepositorySpec, type SecretSpec, stateOf, type UpstreamInUse, type VersionView } from './world-state.ts'

export interface GoogleOptions {
  /** At least one; `my-project`, number 123456789012, by default. The machine and persons are in the first. */
  projects?: Project[]
  /** Who may call; nobody by default. */
  accounts?: Account[]
  secrets?: SecretSpec[]
  repositories?: RepositorySpec[]
  /** What the metadata server says of the machine; by default that it is none of Google. */
  machine?: Machine
  /** May the service agent of Artifact Registry access secrets? True by default. */
  serviceAgentMayAccessSecrets?: boolean
  /** Does the upstream of a remote repository accept a password? Any by default. */
  validateUpstream?: ValidateUpstream
  /** Address to listen at; 127.0.0.1 by default. */
  host?: string
  /** 0, the default, takes a free one. */
  port?: number
  /** The emulator's clock, milliseconds since the epoch. */
  nowMs?: () => number
  /** Called with each token, key and payload that it hands out. */
  onSecret?: (secret: string) => void
  onCall?: OnCall
}

export interface Google {
  /** What GOOGLE_ENDPOINT_URL is set to. */
  url: string
  port: number
  /** What GCE_METADATA_HOST is set to: `127.0.0.1:1234`. */
  host: string
  /** By `<api>.<method>`: `secretmanager.AddSecretVersion`. */
  calls(): Calls<Call>
  resetCalls(): void
  /** Switches one more fault on. */
  fault(fault: Fault): void
  /** Switches all faults off; calls that hang go on hanging. */
  heal(): void
  /** Replaces the hook that is called for each call. */
  setOnCall(onCall?: OnCall): void
  /** The versions of a secret, the oldest first. @param secret `projects/<id or number>/secrets/<id>` */
  versions(secret: string): VersionView[]
  /** Adds a secret, or replaces the one of the same name. */
  putSecret(secret: SecretSpec): void
  /** Sets the state of a version behind the back of the clients. @param version `projects/<id or number>/secrets/<id>/versions/<n>` */
  setVersionState(version: string, state: VersionState): void
  /** A copy of a repository. @param repository `projects/<id or number>/locations/<location>/repositories/<id>` */
  repository(repository: string): Repository
  /** Adds a repository, or replaces the one of the same name. */
  putRepository(repository: RepositorySpec): void
  /** What a remote repository would send to its upstream now; without a password if the version is not ENABLED. */
  upstreamInUse(repository: string): UpstreamInUse
  /** Adds an account, or replaces the one of the same email: so its permissions change. */
  putAccount(account: Account): void
  /** From now on the machine is this to the metadata server. */
  setMachine(machine: Machine): void
  setServiceAgent(agent: { mayAccessSecrets: boolean }): void
  /** A new access token, valid for an hour and all APIs. */
  accessToken(email: string): string
  /** What the key file of a service account holds. */
  serviceAccountFile(email: string): ServiceAccountFile
  /** What gcloud's `application_default_credentials.json` holds after a login. */
  authorizedUserFile(email: string): AuthorizedUserFile
  /** Revokes the logins of an account: their refresh tokens are refused with `invalid_grant`. */
  revokeLogins(email: string): void
  stop(): Promise<void>
}

const defaultProject = { id: 'my-project', number: '123456789012' }

/**
 * Starts Google's Secret Manager, Artifact Registry, IAM Credentials, its token endpoint and the metadata server, at one address.
 *
 * @throws what listening throws: EADDRINUSE
 */
export async function startGoogle(options: GoogleOptions = {}): Promise<Google> {
  const { host = '127.0.0.1', port = 0, nowMs = Date.now, onSecret = () => {}, onCall = () => {} } = options
  const log = createCallLog(({ api, method }: Call) => `${api}.${method}`)
  const world = {
    projects: createProjects(options.projects ?? [defaultProject]),
    accounts: createAccounts(options.accounts ?? []),
    secrets: createSecrets(),
    repositories: createRepositories(),
    keys: createKeys(),
    tokens: createAccessTokens(onSecret),
    logins: createLogins(onSecret),
    faults: createFaults(),
    hooks: { onCall },
    machine: { is: options.machine ?? {} },
    serviceAgent: { mayAccessSecrets: options.serviceAgentMayAccessSecrets ?? true },
    validateUpstream: options.validateUpstream ?? (() => true),
    log,
    nowMs,
    onSecret,
  }
  const state = stateOf(world)
  for (const secret of options.secrets ?? []) state.putSecret(secret)
  for (const repository of options.repositories ?? []) state.putRepository(repository)
  // The first prefix that fits serves. Which API is called is said by the path alone.
  const server = await listen({ host, port }, [
    ['/_emulator/', control(world)],
    ['/computeMetadata/', metadataServer(world)],
    ['/oauth2/v4/token', tokenEndpoint(world)],
    ['/token', tokenEndpoint(world)],
    [googleKeysPath, publicKeys(world)],
    [accountKeysPath, publicKeys(world)],
    ['/', restApi(world)],
  ])
  const url = `http://${host}:${portOf(server)}`
  return {
    url,
    port: portOf(server),
    host: `${host}:${portOf(server)}`,
    calls: log.read,
    resetCalls: log.reset,
    fault: world.faults.add,
    heal: world.faults.clear,
    setOnCall(onCall = () => {}) {
      world.hooks.onCall = onCall
    },
    ...state,
    putAccount: world.accounts.put,
    setMachine(machine) {
      world.machine.is = machine
    },
    setServiceAgent({ mayAccessSecrets }) {
      world.serviceAgent.mayAccessSecrets = mayAccessSecrets
    },
    serviceAccountFile: email => serviceAccountFile(world, { email, url }),
    authorizedUserFile: email => authorizedUserFile(world, email),
    revokeLogins: world.logins.revoke,
    stop: () => stop(server),
  }
}
