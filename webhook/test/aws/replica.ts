import { setTimeout as sleep } from 'node:timers/promises'
import { type Emulator, type EmulatorOptions, startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { emulatorEnv } from '@ecr-anywhere/scripts/testbed/emulator-env.ts'
import { user } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { type AwsConfig, awsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { regionOf } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { Test } from 'tap'
import { type TenantClient, tenantClients } from '../../src/aws/tenant-clients.ts'
import type { Metrics } from '../../src/http/metrics.ts'
import { tokens as makeTokens } from '../../src/tokens/tokens.ts'
import { resultOf, review, type TestRequest } from '../admission/world.ts'
import { server } from '../http/serving.ts'

export const hours = 3_600_000
export const minutes = 60_000
const refreshBeforeMs = 6 * hours

/** Starts an emulator, which the SDK of this process finds by the environment variables. */
export async function startAws(t: Test, options: EmulatorOptions = {}): Promise<{ emulator: Emulator; config: AwsConfig }> {
  // Another test covers the quota.
  const emulator = await startEmulator({ users: [user], rate: { perSecond: 10_000, burst: 10_000 }, ...options })
  t.teardown(() => emulator.stop())
  Object.assign(process.env, emulatorEnv(emulator, user))
  return { emulator, config: await awsConfig({ env: process.env, caBundle: undefined }) }
}

export interface ReplicaOptions {
  config: AwsConfig
  tenant: Tenant
  /** Called at the end of each call. */
  tokenRequest?: Metrics['tokenRequest']
  /** Whether the time limits of the token cache are enforced. Without it, only AWS decides the results, also on a busy machine. */
  enforcesLimits?: boolean
}

/**
 * One webhook in this process, assembled as in `main.ts`, with the real SDK and real HTTP. The token cache uses a clock that
 * `move` advances. The SDK and the emulator use the clock of the machine.
 */
export function startReplica(t: Test, { config, tenant, tokenRequest = () => {}, enforcesLimits = false }: ReplicaOptions) {
  const limitsMs: number[] = []
  let aheadMs = 0
  let calls = 0
  const nowMs = () => Date.now() + aheadMs
  const tenants = new Map([[tenant.name, tenant]])
  const client = tenantClients(tenants, { config, env: process.env, clusterName: 'replica', nowMs }).get(tenant.name) as TenantClient
  const tokens = makeTokens({
    ask: async ({ tenant, scope }) => {
      calls += 1
      const labels = { tenant, region: regionOf(scope) }
      try {
        const token = await client.token(scope)
        tokenRequest({ ...labels, result: 'success' })
        return token
      } catch (error) {
        tokenRequest({ ...labels, result: error instanceof Fault ? error.code : 'error' })
        throw error
      }
    },
    maxAgeMs: hours,
    refreshBeforeMs,
    nowMs,
    random: Math.random,
    sleep: (ms, signal) => {
      // The cache limits a wait by a sleep that it can end. Its other sleeps are back-offs.
      if (signal === undefined) return sleep(ms, undefined, { ref: false })
      limitsMs.push(ms)
      return enforcesLimits ? sleep(ms, undefined, { ref: false, signal }) : new Promise(() => {})
    },
  })
  const { post, admissions } = server(t, {
    world: {
      tenants,
      tickets: () => undefined,
      token: tokens.get,
      ownRegistry: (_, limitMs) => client.ownRegistry(limitMs),
      isRegion: (_, region) => client.isRegion(region),
      partition: () => client.partition(),
      nowMs,
      refreshBeforeMs,
      provisioners: new Set(),
      tenantState: () => ({ state: 'pending' }),
      askAgain: () => undefined,
    },
  })

  /** Posts a review as an API server does with this webhook timeout. */
  async function ask(asked: TestRequest, timeout: string) {
    const limitsBefore = limitsMs.length
    const answer = await post(review(asked), { url: `/inject/${tenant.name}?timeout=${timeout}` })
    return {
      /** The longest time in ms that the answer could have waited for AWS. */
      limitMs: Math.max(0, ...limitsMs.slice(limitsBefore)),
      result: admissions.at(-1)?.result,
      ...resultOf(asked.object, answer.json()),
    }
  }

  return {
    ask,
    renew: tokens.renew,
    watch: tokens.watch,
    /** Waits until no call is in progress. */
    settled: () =>
      until('no call is in progress', () => [...tokens.entries()].every(entry => !('flight' in entry) || entry.flight === undefined)),
    entries: () => [...tokens.entries()],
    nowMs,
    move: (ms: number) => {
      aheadMs += ms
    },
    calls: () => calls,
  }
}
