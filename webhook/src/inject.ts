import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Registry } from '@ecr-anywhere/shared/registry.ts'
import { type Scope, scopeId, scopeOf } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { askedHosts } from './ask.ts'
import { type Decision, decide, injectedIn, type Ours, skipReason } from './decide.ts'
import type { Wanted } from './patch.ts'
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
  token: (key: { tenant: string; scope: Scope }, limitMs: number) => Promise<{ value: Token; stale?: unknown }>
  /** The registry of the tenant's principal, in its region. */
  ownRegistry: (tenant: string, limitMs: number) => Promise<string>
  isRegion: (tenant: string, region: string) => boolean
  nowMs: () => number
  refreshBeforeMs: number
}

/**
 * Settles one request: decide, get tokens, say what the Secret shall hold.
 *
 * @param leftMs how long AWS may still take, in milliseconds; asked before each wait
 * @throws Fault `input` for what is denied, `passing` where AWS fails and nothing can be put in its place
 */
export async function inject(request: Request, { tenant, leftMs }: For, world: InjectWorld): Promise<Outcome> {
  const skip = skipReason(request)
  if (skip !== undefined) return { result: 'skipped', why: skip, wanted: {}, registries: [], warnings: [] }
  const shape = shapeOf(request.object)
  const hosts = await hostsOf(request, shape, { tenant, leftMs }, world)
  const isRegion = (region: string) => world.isRegion(tenant.name, region)
  const decision = decide(request, { tenant, shape, hosts, isRegion, nowMs: world.nowMs(), refreshBeforeMs: world.refreshBeforeMs })
  const context = { shape, object: request.object, hosts }
  switch (decision.do) {
    case 'dryRun':
      return { ...dryRun(decision.ours, context), registries: hosts }
    case 'keep':
      return { result: 'unchanged', why: decision.why, ...putBack(decision.ours, context), registries: hosts, warnings: [] }
    case 'inject':
      return injected(decision, { ...context, tenant, leftMs }, world)
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
    return [await ownRegistry(tenant.name, leftMs())]
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
  return { wanted: { data: shape.write(object.data, ours.credentials, []).data, annotations: ours.annotations } }
}

async function injected(
  { why, registries, ours, forget }: Extract<Decision, { do: 'inject' }>,
  { shape, object, hosts, tenant, leftMs }: Context & For,
  world: InjectWorld,
): Promise<Outcome> {
  try {
    const { tokenOf, stale } = await tokensFor(registries, { tenant: tenant.name, limitMs: leftMs() }, world)
    const expiresAtMs = Math.min(...[...tokenOf.values()].map(token => token.expiresAtMs))
    const { data, replaced } = shape.write(object.data, tokenOf, forget)
    const changed = ours === undefined || !sameCredentials(ours.credentials, tokenOf)
    const notes = new Map([
      [annotations.expiresAt, formatTime(expiresAtMs)],
      [annotations.injectedRegistries, hosts.join(',')],
      [annotations.updatedAt, changed ? formatTime(world.nowMs()) : (ours.annotations.get(annotations.updatedAt) ?? '')],
    ])
    return {
      result: stale === undefined ? 'injected' : 'stale',
      why,
      wanted: { data, annotations: notes },
      registries: hosts,
      warnings: [
        ...(stale === undefined ? [] : [`${codeOf(stale)} from AWS; injected an older token, good until ${formatTime(expiresAtMs)}`]),
        ...(stale === undefined && expiresAtMs - world.nowMs() < world.refreshBeforeMs
          ? [`AWS gave a token that ends at ${formatTime(expiresAtMs)}: less than REFRESH_BEFORE is left`]
          : []),
        ...(replaced === undefined ? [] : [replaced]),
      ],
    }
  } catch (error) {
    const isPassing = error instanceof Fault && error.kind === 'passing'
    if (!isPassing || ours === undefined || ours.expiresAtMs - world.nowMs() <= minLeftMs) throw error
    const warning = `${error.code} from AWS; kept the old credentials, good until ${formatTime(ours.expiresAtMs)}`
    return { result: 'kept', why: error.message, ...putBack(ours, { shape, object }), registries: hosts, warnings: [warning] }
  }
}

/** One token per scope, all asked for at once. */
async function tokensFor(
  registries: readonly Registry[],
  { tenant, limitMs }: { tenant: string; limitMs: number },
  { token }: InjectWorld,
): Promise<{ tokenOf: Map<string, Token>; stale: unknown }> {
  const idOf = (registry: Registry) => scopeId(scopeOf(registry))
  const scopes = new Map(registries.map(registry => [idOf(registry), scopeOf(registry)]))
  const ask = async ([id, scope]: [string, Scope]) => {
    const asked = token({ tenant, scope }, limitMs)
    return [
      id,
      await asked.catch(error =>
        rethrow(
          error,
          registries.filter(registry => idOf(registry) === id),
        ),
      ),
    ] as const
  }
  const answers = new Map(await Promise.all([...scopes].map(ask)))
  const tokenOf = new Map(registries.flatMap(registry => entry(registry.host, answers.get(idOf(registry))?.value)))
  return { tokenOf, stale: [...answers.values()].find(answer => answer.stale !== undefined)?.stale }
}

/** A token is for a region; whoever wrote the Secret knows its registries. */
function rethrow(error: unknown, registries: readonly Registry[]): never {
  if (!(error instanceof Fault)) throw error
  const hosts = registries.map(({ host }) => host).join(', ')
  throw new Fault(error.kind, { ...error.text, code: error.code, found: `${error.text.found}, asked for ${hosts}`, cause: error })
}

function entry(host: string, token: Token | undefined): [string, Token][] {
  return token === undefined ? [] : [[host, token]]
}

function sameCredentials(some: CredentialsOf, others: CredentialsOf): boolean {
  return some.size === others.size && [...some].every(([host, { password }]) => others.get(host)?.password === password)
}

function codeOf(error: unknown): string {
  return error instanceof Fault ? error.code : 'an error'
}
