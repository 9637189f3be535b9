import { awsApi } from './aws-api.ts'
import { type Call, type Calls, createCallLog } from './calls.ts'
import { containerCredentials } from './container-credentials.ts'
import { control } from './control.ts'
import type { Fault, Switches } from './faults.ts'
import { googleMetadata } from './google-metadata.ts'
import { listen, portOf, stop } from './http-server.ts'
import { instanceMetadata } from './instance-metadata.ts'
import type { Machine } from './metadata.ts'
import { createPrincipals, type Role, type User } from './principals.ts'
import { createRateLimit, tokensBurst, tokensPerSecond } from './rate-limit.ts'
import { registryEndpoint } from './registry-endpoint.ts'
import { createTokens } from './tokens.ts'

/** The lifetime of an authorization token of AWS. */
export const defaultTokenLifeSeconds = 12 * 3600

export interface EmulatorOptions {
  users?: User[]
  roles?: Role[]
  /** The address to listen on, 127.0.0.1 by default. */
  host?: string
  /** The port. By default it is 0, which selects a free port. */
  port?: number
  tokenLifeSeconds?: number
  /** The rate limit of GetAuthorizationToken per account and region. By default it is that of AWS. */
  rate?: { perSecond: number; burst: number }
  /** The identity that the metadata services return. By default there is none. */
  machine?: Machine
  /** The address of a plain HTTP registry behind `/v2/`. Without it only `/v2/` itself is answered. */
  upstream?: string
  /** The clock of the emulator, in milliseconds since the epoch. */
  nowMs?: () => number
  /** Called with each password, session key and session token that it returns. */
  onSecret?: (secret: string) => void
}

export interface Emulator {
  /** The value for AWS_ENDPOINT_URL. */
  url: string
  port: number
  calls(): Calls<Call>
  resetCalls(): void
  /** Adds a fault. */
  fault(fault: Fault): void
  /** Removes all faults. Hanging calls continue to hang. */
  heal(): void
  /** Adds a role, or replaces the role with the same ARN. */
  addRole(role: Role): void
  /** Sets the identity that the metadata services return. */
  setMachine(machine: Machine): void
  /** Sets the lifetime of new tokens. */
  setTokenLife(seconds: number): void
  stop(): Promise<void>
}

/**
 * Starts ECR, ECR Public, STS, the registries, and the metadata services of AWS and Google at one address.
 *
 * @throws the error of listening, such as EADDRINUSE
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const {
    users = [],
    roles = [],
    host = '127.0.0.1',
    port = 0,
    rate = { perSecond: tokensPerSecond, burst: tokensBurst },
    upstream,
    nowMs = Date.now,
    onSecret = () => {},
  } = options
  const { tokenLifeSeconds = defaultTokenLifeSeconds, machine = {} } = options
  const switches: Switches = { faults: [], tokenLifeSeconds, machine }
  const principals = createPrincipals({ users, roles, onSecret })
  const log = createCallLog(({ api, action, region }: Call) => `${api}.${action}.${region}`)
  const world = {
    principals,
    log,
    nowMs,
    upstream,
    policy: principals.policy,
    tokens: createTokens(onSecret),
    rateLimit: createRateLimit(rate),
    switches,
  }
  // The first matching prefix is used.
  const server = await listen({ host, port }, [
    ['/_emulator/', control(world)],
    ['/v2', registryEndpoint(world)],
    // AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_CONTAINER_CREDENTIALS_FULL_URI and GCE_METADATA_HOST lead to these.
    ['/latest/', instanceMetadata(world)],
    ['/v1/credentials', containerCredentials(world)],
    ['/computeMetadata/', googleMetadata(world)],
    ['/', awsApi(world)],
  ])
  const listening = portOf(server)
  return {
    url: `http://${host}:${listening}`,
    port: listening,
    calls: log.read,
    resetCalls: log.reset,
    fault: fault => switches.faults.push(fault),
    heal() {
      switches.faults = []
    },
    addRole: principals.addRole,
    setMachine(machine) {
      switches.machine = machine
    },
    setTokenLife(seconds) {
      switches.tokenLifeSeconds = seconds
    },
    stop: () => stop(server),
  }
}
