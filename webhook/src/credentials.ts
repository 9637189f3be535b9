import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Answer } from '@ecr-anywhere/shared/memo.ts'
import type { Registry } from '@ecr-anywhere/shared/registry.ts'
import { type Scope, scopeId, scopeOf } from '@ecr-anywhere/shared/scope.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { recall } from './recall.ts'

type Asked = Answer<Token> | Promise<Answer<Token>>
/** A tenant's token of a scope; in a promise only if AWS must be waited for. */
export type AskToken = (key: { tenant: string; scope: Scope }, limitMs: number) => Asked

export interface Obtained {
  /** By host, in the order of the registries. */
  credentials: ReadonlyMap<string, Token>
  /** When the first of them ends; the same as the annotation says it. */
  expiresAtMs: number
  expiresAt: string
  /** Why a token could not be renewed, if one could not. */
  stale: unknown
}

/**
 * Credentials for every registry: one token per scope, all asked for at once.
 *
 * @param limitMs how long AWS may take
 * @throws Fault `transient`, which names the registries that the missing token is for
 */
export async function credentialsFor(
  registries: readonly Registry[],
  { tenant, limitMs }: { tenant: string; limitMs: number },
  token: AskToken,
): Promise<Obtained> {
  const served = servedBy(registries)
  const asked = served.map(({ scope }) => token({ tenant, scope }, limitMs))
  const answers = asked.every(isHere) ? asked : await Promise.all(asked.map((one, at) => naming(one, served[at]?.hosts ?? [])))
  const stale = answers.find(answer => answer.stale !== undefined)?.stale
  return { ...together(registries, ...answers.map(({ value }) => value)), stale }
}

/** As many are remembered: a few for each tenant. */
const recalled = 16

/** The scopes of some registries, and whom each serves. */
const servedBy = recall((registries: readonly Registry[]): { id: string; scope: Scope; hosts: string[] }[] => {
  const groups = new Map(registries.map(scopeOf).map(scope => [scopeId(scope), scope]))
  return [...groups].map(([id, scope]) => ({ id, scope, hosts: registries.filter(one => idOf(one) === id).map(({ host }) => host) }))
}, recalled)

/** @param tokens one for each scope of `servedBy` */
const together = recall((registries: readonly Registry[], ...tokens: readonly Token[]): Omit<Obtained, 'stale'> => {
  const tokenOf = new Map(tokens.map((token, at) => [servedBy(registries)[at]?.id, token]))
  const credentials = registries.flatMap(registry => {
    const token = tokenOf.get(idOf(registry))
    return token === undefined ? [] : [[registry.host, token] as const]
  })
  const expiresAtMs = Math.min(...tokens.map(token => token.expiresAtMs))
  return { credentials: new Map(credentials), expiresAtMs, expiresAt: formatTime(expiresAtMs) }
}, recalled)

function idOf(registry: Registry): string {
  return scopeId(scopeOf(registry))
}

function isHere(asked: Asked): asked is Answer<Token> {
  return !(asked instanceof Promise)
}

/** A token is for a region; whoever wrote the Secret knows its registries. */
async function naming(asked: Asked, hosts: readonly string[]): Promise<Answer<Token>> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new Fault(error.kind, {
      ...error.text,
      code: error.code,
      found: `${error.text.found}, asked for ${hosts.join(', ')}`,
      cause: error,
    })
  }
}
