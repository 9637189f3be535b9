import { isDue } from '@ecr-anywhere/shared/due.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import { askedHosts, hostsIn } from './ask.ts'
import { type AskToken, credentialsFor } from './credentials.ts'
import { type Decision, decide, injectedIn, type Ours, skipReason } from './decide.ts'
import type { Wanted } from './patch.ts'
import { recall } from './recall.ts'
import { refuse } from './refuse.ts'
import type { Request, Secret } from './review.ts'
import type { CredentialsOf, Shape } from './shapes/shape.ts'
import { shapeOf } from './shapes/shape-of.ts'
import { minLeftMs } from './tokens.ts'

/** How a review ended: the metric's label and the log's word. */
export type Result = 'injected' | 'unchanged' | 'stale' | 'kept' | 'dry_run' | 'skipped' | 'denied' | 'error'

/** What becomes of the Secret. */
export interface Outcome {
  result: Exclude<Result, 'denied' | 'error'>
  why: string
  wanted: Wanted
  registries: readonly string[]
  warnings: string[]
}

/** For whom, and until when. */
export interface For {
  tenant: Tenant
  leftMs: () => number
}

/** What `inject` needs from the world. */
export interface InjectWorld {
  token: AskToken
  /** The registry of the tenant's principal, in its region. */
  ownRegistry: (tenant: string, limitMs: number) => Promise<string>
  isRegion: (tenant: string, region: string) => boolean
  partition: (tenant: string) => string | undefined
  nowMs: () => number
  refreshBeforeMs: number
}

/**
 * Settles one request: decide, get tokens, say what the Secret shall hold.
 *
 * @param leftMs how long AWS may still take, in milliseconds; asked before each wait
 * @throws Fault `input` for what is denied, `transient` where AWS fails and nothing can be put in its place
 */
export async function inject(request: Request, { tenant, leftMs }: For, world: InjectWorld): Promise<Outcome> {
  const skip = skipReason(request)
  if (skip !== undefined) return { result: 'skipped', why: skip, wanted: {}, registries: [], warnings: [] }
  refuse(request, tenant)
  const shape = shapeOf(request.object)
  const hosts = await hostsOf(request, shape, { tenant, leftMs }, world)
  const { isRegion, partition, refreshBeforeMs } = world
  const decision = decide(request, { tenant, shape, hosts, isRegion, partition, nowMs: world.nowMs(), refreshBeforeMs })
  const context = { shape, object: request.object, hosts }
  const outcome = await carriedOut(decision, { ...context, tenant, leftMs }, world)
  const advice = shape.warnings?.(request.object.data, request.oldObject?.data, hosts) ?? []
  return { ...outcome, registries: hosts, warnings: [...outcome.warnings, ...advice] }
}

async function carriedOut(decision: Decision, context: Context & For, world: InjectWorld): Promise<Omit<Outcome, 'registries'>> {
  switch (decision.do) {
    case 'dryRun':
      return dryRun(decision.ours, context)
    case 'keep':
      return { result: 'unchanged', why: decision.why, ...putBack(decision.ours, context), warnings: [] }
    case 'inject':
      return injected(decision, context, world)
  }
}

interface Context {
  shape: Shape
  object: Secret
  hosts: readonly string[]
}

async function hostsOf(
  { object, oldObject, dryRun }: Request,
  shape: Shape,
  { tenant, leftMs }: For,
  { ownRegistry }: InjectWorld,
): Promise<readonly string[]> {
  const asked = askedHosts(object, tenant, shape)
  if (asked !== undefined) return asked
  const before = oldObject === undefined ? [] : injectedIn(oldObject)
  if (dryRun) return before
  try {
    return hostsIn(await ownRegistry(tenant.name, leftMs()))
  } catch (error) {
    // AWS does not say who we are: then it is still what it was.
    if (before.length === 0) throw error
    return before
  }
}

function dryRun(ours: Ours | undefined, { shape, object }: Context): Omit<Outcome, 'registries'> {
  const common = { result: 'dry_run', why: 'dry run' } as const
  if (ours !== undefined) return { ...common, ...putBack(ours, { shape, object }), warnings: ['dry run: the credentials stay as they are'] }
  return { ...common, wanted: { data: shape.fill(object.data) }, warnings: ['dry run: no credentials were injected'] }
}

function putBack(ours: Ours, { shape, object }: Pick<Context, 'shape' | 'object'>): { wanted: Wanted } {
  return { wanted: { data: shape.write(object.data, ours.credentials).data, annotations: ours.annotations } }
}

async function injected(
  { why, registries, ours, former }: Extract<Decision, { do: 'inject' }>,
  { shape, object, hosts, tenant, leftMs }: Context & For,
  world: InjectWorld,
): Promise<Omit<Outcome, 'registries'>> {
  try {
    const { credentials, expiresAt, stale } = await credentialsFor(registries, { tenant: tenant.name, limitMs: leftMs() }, world.token)
    const { data, replaced } = shape.write(object.data, credentials, former)
    const changed = ours === undefined || !sameCredentials(ours.credentials, credentials)
    const updatedAt = changed ? timeText(world.nowMs()) : (ours.annotations.get(annotations.updatedAt) ?? '')
    const isShort = isDue({ expiresAt, updatedAt, nowMs: world.nowMs(), refreshBeforeMs: world.refreshBeforeMs })
    return {
      result: stale === undefined ? 'injected' : 'stale',
      why,
      wanted: { data, annotations: notesOf(hosts, expiresAt, updatedAt) },
      warnings: warningsOf({ stale, replaced, expiresAt, isShort }),
    }
  } catch (error) {
    const isPassing = error instanceof Fault && error.kind === 'transient'
    if (!isPassing || ours === undefined || ours.expiresAtMs - world.nowMs() <= minLeftMs) throw error
    const warning = `${error.code} from AWS; kept the old credentials, good until ${formatTime(ours.expiresAtMs)}`
    return { result: 'kept', why: error.message, ...putBack(ours, { shape, object }), warnings: [warning] }
  }
}

/** The Secrets of a tenant get the same values: as many are remembered. */
const recalled = 16

/** Admissions of one second write the same text. */
const timeTextOf = recall((second: number) => formatTime(second * 1000), recalled)
function timeText(ms: number): string {
  return timeTextOf(Math.floor(ms / 1000))
}

const notesOf = recall((hosts: readonly string[], expiresAt: string, updatedAt: string): ReadonlyMap<string, string> => {
  return new Map([
    [annotations.expiresAt, expiresAt],
    [annotations.injectedRegistries, hosts.join(',')],
    [annotations.updatedAt, updatedAt],
  ])
}, recalled)

function warningsOf({ stale, replaced, expiresAt: until, isShort }: Told): string[] {
  const older = stale === undefined ? [] : [`${codeOf(stale)} from AWS; injected an older token, good until ${until}`]
  const short = isShort && stale === undefined ? [`AWS gave a token that expires at ${until}: it is due already`] : []
  return [...older, ...short, ...(replaced === undefined ? [] : [replaced])]
}

interface Told {
  /** Why the token could not be renewed, if it could not. */
  stale: unknown
  replaced: string | undefined
  expiresAt: string
  isShort: boolean
}

function sameCredentials(some: CredentialsOf, others: CredentialsOf): boolean {
  return some.size === others.size && [...some].every(([host, { password }]) => others.get(host)?.password === password)
}

function codeOf(error: unknown): string {
  return error instanceof Fault ? error.code : 'an error'
}
