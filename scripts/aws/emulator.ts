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

/** Life of an authorization token of AWS. */
export const defaultTokenLifeSeconds = 12 * 3600

export interface EmulatorOptions {
  users?: User[]
  roles?: Role[]
  /** Address to listen at; 127.0.0.1 by default. */
  host?: string
  /** 0, the default, takes a free one. */
  port?: number
  tokenLifeSeconds?: number
  /** GetAuthorizationToken per account and region; AWS's own by default. */
  rate?: { perSecond: number; burst: number }
  /** What the metadata services say of the machine; by default that it is nothing. */
  machine?: Machine
  /** Address of a plain HTTP registry behind `/v2/`; without it only `/v2/` itself is answered. */
  upstream?: string
  /** The emulator's clock, milliseconds since the epoch. */
  nowMs?: () => number
  /** Told each password, session key and session token that it gives to anybody. */
  onSecret?: (secret: string) => void
}

export interface Emulator {
  /** What AWS_ENDPOINT_URL is set to. */
  url: string
  port: number
  calls(): Calls<Call>
  resetCalls(): void
  /** Switches one more fault on. */
  fault(fault: Fault): void
  /** Switches all faults off; calls that hang go on hanging. */
  heal(): void
  /** Adds a role, or replaces the one of the same ARN. */
  addRole(role: Role): void
  /** From now on the machine is this to the metadata services. */
  setMachine(machine: Machine): void
  /** Life of the tokens made from now on. */
  setTokenLife(seconds: number): void
  stop(): Promise<void>
}

/**
 * Starts AWS's ECR, ECR Public and STS, the registries, and the metadata services of AWS and Google, at one address.
 *
 * @throws what listening throws: EADDRINUSE
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
  // The first prefix that fits serves: a new kind of address is one more line.
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
