import type { Subcommand } from '../../subcommands.ts'
import { type Completion, completion } from '../candidates.ts'

/** As `completion`, with the names that the cluster must be asked for. Only then is the client of Kubernetes loaded. */
export async function completed(words: readonly string[], subcommands: readonly Subcommand[]): Promise<Completion> {
  const found = completion(words, subcommands)
  if (found.names === undefined) return found
  const { withNames } = await import('./with-names.ts')
  return withNames(found.names)
}
