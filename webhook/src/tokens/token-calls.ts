import type { Cached } from '@ecr-anywhere/shared/cache.ts'
import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import type { TokenSample } from '../http/metrics.ts'
import type { TokenKey } from './tokens.ts'

/** The labels of a call of GetAuthorizationToken. */
interface Labels {
  tenant: string
  region: string
}

export interface TokenCallsWorld {
  ask: (key: TokenKey) => Promise<Token>
  labelsOf: (key: TokenKey) => Labels
  count: (labels: Labels & { result: string }) => void
  logger: { info: (fields: object, message: string) => void; error: (fields: object, message: string) => void }
}

/**
 * Requests tokens from AWS, counts every call by its result, and logs a failure only once for each new cause: a failing region is retried
 * for as long as it fails, and each admission that fails is logged separately.
 *
 * @returns a function that throws what `ask` throws
 */
export function tokenCalls({ ask, labelsOf, count, logger }: TokenCallsWorld): (key: TokenKey) => Promise<Token> {
  const problems = new Map<string, string>()
  return async key => {
    const labels = labelsOf(key)
    const id = `${labels.tenant}/${labels.region}`
    try {
      const token = await ask(key)
      count({ ...labels, result: 'success' })
      if (problems.delete(id)) logger.info(labels, 'token received again')
      return token
    } catch (error) {
      count({ ...labels, result: error instanceof Fault ? error.code : 'error' })
      const problem = sentence(error)
      if (problems.get(id) !== problem) logger.error({ ...labels, error: problem }, 'no token')
      problems.set(id, problem)
      throw error
    }
  }
}

/** The cached tokens as samples for the metrics. */
export function tokenSamples(
  entries: Iterable<{ key: TokenKey; cached?: Cached<Token>; error?: unknown }>,
  labelsOf: TokenCallsWorld['labelsOf'],
): TokenSample[] {
  return [...entries].map(({ key, cached, error }) => ({
    ...labelsOf(key),
    ...(cached !== undefined && { expiresAtMs: cached.value.expiresAtMs }),
    ...((cached !== undefined || error !== undefined) && { isGood: error === undefined }),
  }))
}
