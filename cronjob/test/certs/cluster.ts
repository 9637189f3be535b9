import type { CertsWorld } from '../../src/certs/certs.ts'
import { certs } from '../../src/certs/certs.ts'
import type { Pair } from '../../src/certs/pair.ts'
import type { PhaseOptions } from '../../src/certs/plan.ts'
import { mintPair } from '../../src/certs/random/mint-pair.ts'
import { type StoredSecret, secretOf, stateOf } from '../../src/certs/stored.ts'

export const dnsNames = ['ecr-anywhere.ecr.svc']
export const day = 24 * 3_600_000
export const minute = 60_000
export const installedMs = Date.parse('2026-01-01T12:00:00Z')
export const waits = { propagateMs: 2 * minute, reloadMs: 5 * minute }

/** Thrown in place of a write, as if the run had been killed just before it. */
export class Killed extends Error {}

/**
 * A cluster as `certs` sees it: one Secret, the bundles of some webhooks and a clock. After each write it checks that every bundle
 * contains the CA of every pair that may be served: the stored one, and those that webhooks may not have reloaded yet.
 */
export function cluster({ webhooks = 2, killBefore = Number.POSITIVE_INFINITY } = {}) {
  let nowMs = installedMs
  let writes = 0
  let secret: StoredSecret | undefined
  const bundles = Array.from({ length: webhooks }, () => '')
  /** By CA: the time since which every bundle contains it. */
  const trustedSince = new Map<string, number>()
  let served: { pair: Pair; untilMs: number }[] = []
  const distrusted: string[] = []

  function write(change: () => unknown): void {
    writes += 1
    if (writes === killBefore) throw new Killed()
    change()
    observe()
  }

  function observe(): void {
    const { present } = stateOf(secret, dnsNames)
    for (const one of served) if (one.pair.key !== present?.pair.key) one.untilMs = Math.min(one.untilMs, nowMs + waits.reloadMs)
    if (present && !served.some(({ pair, untilMs }) => pair.key === present.pair.key && untilMs === Infinity))
      served.push({ pair: present.pair, untilMs: Number.POSITIVE_INFINITY })
    served = served.filter(({ untilMs }) => untilMs > nowMs)
    for (const { pair } of served) if (!bundles.every(bundle => bundle.includes(pair.ca.trim()))) distrusted.push(`${nowMs}: ${pair.ca}`)
    for (const ca of bundles.flatMap(blocks)) {
      if (!bundles.every(bundle => bundle.includes(ca))) trustedSince.delete(ca)
      else if (!trustedSince.has(ca)) trustedSince.set(ca, nowMs)
    }
  }

  const world: CertsWorld = {
    readState: async () => stateOf(secret, dnsNames),
    write: async content =>
      write(() => {
        secret = secretOf(content, { namespace: 'ecr', name: 'tls' })
      }),
    readBundles: async () => [...bundles],
    publish: async bundle => {
      const stale = [...bundles.keys()].filter(at => bundles[at] !== bundle)
      for (const at of stale) write(() => bundles.splice(at, 1, bundle))
      return stale.length
    },
    mint: at => mintPair(dnsNames, at),
  }

  return {
    run: (options: Partial<PhaseOptions> = {}) => certs(world, { nowMs, ...waits, ...options }),
    pass: (ms: number) => {
      nowMs += ms
    },
    state: () => stateOf(secret, dnsNames),
    /** Deletes the Secret, as another user could. */
    loseSecret: () => {
      secret = undefined
    },
    bundles,
    writes: () => writes,
    /** The CAs of pairs that could be served while a bundle did not contain them. */
    distrusted,
    trustedForMs: (ca: string) => nowMs - (trustedSince.get(ca.trim()) ?? nowMs),
  }
}

export function blocks(bundle: string): string[] {
  return bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
}
