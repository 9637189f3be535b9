import type { CacheAnswer } from '@ecr-anywhere/shared/cache.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Registry } from '@ecr-anywhere/shared/registry.ts'
import { type Scope, scopeId, scopeOf } from '@ecr-anywhere/shared/scope.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { minLeftMs } from '../tokens/tokens.ts'
import type { Decision, InjectedState } from './decide.ts'

/** Returns a tenant's token for a scope, in a promise only if the caller must wait for AWS. */
export type AskToken = (key: { tenant: string; scope: Scope }, limitMs: number) => CacheAnswer<Token> | Promise<CacheAnswer<Token>>

/** Tokens for every registry, or the reason why the Secret keeps the credentials that it has. */
export type Obtained =
  | {
      from: 'tokens'
      /** By host, in the order of the registries. */
      credentials: ReadonlyMap<string, Token>
      /** When the first of these tokens expires. */
      expiresAtMs: number
      /** The error of a token that could not be renewed, if there is one. */
      stale?: unknown
    }
  | { from: 'secret'; injected: InjectedState; cause: Fault }

export interface ObtainContext {
  tenant: string
  /** How long to wait for AWS, in milliseconds. */
  limitMs: number
  nowMs: () => number
  token: AskToken
}

/**
 * Obtains the tokens for a decision to inject: one per region and kind of endpoint, all requested at once. If AWS fails, the Secret keeps
 * the credentials that it has, provided that they are valid for more than `minLeftMs`.
 *
 * @throws Fault `transient` that names the registries of the missing token, `settings` for a tenant that is refused
 */
export async function obtain(decision: Extract<Decision, { do: 'inject' }>, context: ObtainContext): Promise<Obtained> {
  const { registries, injected } = decision
  try {
    return await tokensFor(registries, context)
  } catch (error) {
    const isTransient = error instanceof Fault && error.kind === 'transient'
    if (!isTransient || injected === undefined || injected.expiresAtMs - context.nowMs() <= minLeftMs) throw error
    return { from: 'secret', injected, cause: error }
  }
}

async function tokensFor(registries: readonly Registry[], { tenant, limitMs, token }: ObtainContext): Promise<Obtained> {
  const answers = new Map<string, Promise<CacheAnswer<Token>>>()
  const pending = registries.map(async registry => {
    const scope = scopeOf(registry)
    const id = scopeId(scope)
    const hosts = () => registries.filter(one => scopeId(scopeOf(one)) === id).map(({ host }) => host)
    // Everything before the first await runs at once and in order, so that each scope is requested once.
    const answer = answers.get(id) ?? withHostsNamed(token({ tenant, scope }, limitMs), hosts)
    answers.set(id, answer)
    return [registry.host, await answer] as const
  })
  const answered = await Promise.all(pending)
  const all = answered.map(([, answer]) => answer)
  return {
    from: 'tokens',
    credentials: new Map(answered.map(([host, { value }]) => [host, value])),
    expiresAtMs: Math.min(...all.map(({ value }) => value.expiresAtMs)),
    stale: all.find(({ stale }) => stale !== undefined)?.stale,
  }
}

/** Adds the registries to the message, because the author of the Secret knows these, not the region of a token. */
async function withHostsNamed(pending: ReturnType<AskToken>, hosts: () => readonly string[]): Promise<CacheAnswer<Token>> {
  try {
    return await pending
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'transient') throw error
    throw new Fault('transient', {
      ...error.text,
      code: error.code,
      found: `${error.text.found}, asked for ${hosts().join(', ')}`,
      cause: error,
    })
  }
}
