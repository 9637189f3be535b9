import type { CacheAnswer } from '@ecr-anywhere/shared/cache.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Registry } from '@ecr-anywhere/shared/registry.ts'
import { type Scope, scopeId, scopeOf } from '@ecr-anywhere/shared/scope.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { minLeftMs } from '../tokens/tokens.ts'
import type { Decision } from './decide.ts'

/** A tenant's token of a scope; in a promise only if AWS must be waited for. */
export type AskToken = (key: { tenant: string; scope: Scope }, limitMs: number) => CacheAnswer<Token> | Promise<CacheAnswer<Token>>

/** Tokens for every registry, or the reason why the Secret keeps the credentials that it has. */
export type Obtained =
  | {
      from: 'tokens'
      /** By host, in the order of the registries. */
      credentials: ReadonlyMap<string, Token>
      /** When the first of them expires. */
      expiresAtMs: number
      /** Why a token could not be renewed, if one could not. */
      stale?: unknown
    }
  | { from: 'secret'; cause: Fault }

export interface ObtainContext {
  tenant: string
  /** How long AWS may take, in milliseconds. */
  limitMs: number
  nowMs: () => number
  token: AskToken
}

/**
 * Obtains what a decision to inject needs: one token per region and kind of endpoint, all asked for at once. Where AWS fails, credentials
 * that the Secret already has are good enough if more than `minLeftMs` of them is left.
 *
 * @throws Fault `transient` that names the registries the missing token is for, `settings` for a tenant that gets no tokens
 */
export async function obtain(decision: Extract<Decision, { do: 'inject' }>, context: ObtainContext): Promise<Obtained> {
  const { registries, injected } = decision
  try {
    return await tokensFor(registries, context)
  } catch (error) {
    const isTransient = error instanceof Fault && error.kind === 'transient'
    if (!isTransient || injected === undefined || injected.expiresAtMs - context.nowMs() <= minLeftMs) throw error
    return { from: 'secret', cause: error }
  }
}

async function tokensFor(registries: readonly Registry[], { tenant, limitMs, token }: ObtainContext): Promise<Obtained> {
  const scopes = new Map(registries.map(scopeOf).map(scope => [scopeId(scope), scope]))
  const answers = await Promise.all(
    [...scopes].map(async ([id, scope]) => [id, await naming(token({ tenant, scope }, limitMs), hostsOf(id, registries))] as const),
  )
  const byScope = new Map(answers)
  const credentials = new Map<string, Token>()
  for (const registry of registries) {
    const answer = byScope.get(scopeId(scopeOf(registry)))
    if (answer !== undefined) credentials.set(registry.host, answer.value)
  }
  const expiresAtMs = Math.min(...answers.map(([, { value }]) => value.expiresAtMs))
  return { from: 'tokens', credentials, expiresAtMs, stale: answers.find(([, { stale }]) => stale !== undefined)?.[1].stale }
}

function hostsOf(id: string, registries: readonly Registry[]): string[] {
  return registries.filter(registry => scopeId(scopeOf(registry)) === id).map(({ host }) => host)
}

/** A token is for a region; whoever wrote the Secret knows its registries. */
async function naming(asked: ReturnType<AskToken>, hosts: readonly string[]): Promise<CacheAnswer<Token>> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'transient') throw error
    throw new Fault('transient', {
      ...error.text,
      code: error.code,
      found: `${error.text.found}, asked for ${hosts.join(', ')}`,
      cause: error,
    })
  }
}
