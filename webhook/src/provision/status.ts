import type { Namespace } from './provisioner.ts'

/** What `/status` shows. It names namespaces and Secrets, and contains no credentials. */
export interface ProvisionStatus {
  version: string
  namespaces: Record<Namespace['state'], number>
  /** The first of those that are not ready. */
  notReady: { namespace: string; secret: string; state: Namespace['state']; sinceSeconds: number; cause: string }[]
}

/** A message that names more is not read. */
export const maxNamed = 100

export function provisionStatus(namespaces: Iterable<Readonly<Namespace>>, { version, nowMs }: { version: string; nowMs: number }) {
  const all = [...namespaces]
  const status: ProvisionStatus = {
    version,
    namespaces: countByState(all),
    notReady: all
      .filter(({ state }) => state !== 'ready')
      .slice(0, maxNamed)
      .map(({ name, secret, state, sinceMs, cause = '' }) => {
        return { namespace: name, secret, state, sinceSeconds: Math.round((nowMs - sinceMs) / 1000), cause }
      }),
  }
  return status
}

export function countByState(namespaces: Iterable<Readonly<Namespace>>): Record<Namespace['state'], number> {
  const counts = { pending: 0, ready: 0, failing: 0 }
  for (const { state } of namespaces) counts[state] += 1
  return counts
}

/** Longer without an answer of the API server means that new namespaces may wait. It exceeds the time between two bookmarks of a watch. */
export const maxSilenceMs = 3 * 60_000

export interface Contact {
  isDraining: boolean
  hasListed: boolean
  /** When the API server last answered, in milliseconds since the epoch. */
  lastMs: number
  /** Why it does not answer. */
  problem: string | undefined
}

/** Why the provisioner is not ready; undefined if it is. */
export function whyNotReady({ isDraining, hasListed, lastMs, problem }: Contact, nowMs: number): string | undefined {
  if (isDraining) return 'shutting down'
  if (!hasListed) return `namespaces have not been listed yet${problem === undefined ? '' : `: ${problem}`}`
  if (nowMs - lastMs > maxSilenceMs)
    return `the API server has not answered for more than 3 minutes${problem === undefined ? '' : `: ${problem}`}`
  return undefined
}
