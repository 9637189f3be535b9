import { isDue } from '@ecr-anywhere/shared/due.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import type { Registry } from '@ecr-anywhere/shared/registry.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import type { CredentialsOf, Former, Shape } from '../secret-kinds/secret-kind.ts'
import { type AskContext, hostsIn, registriesFor } from './resolve.ts'
import type { Request, Secret } from './review.ts'

/** What `oldObject` has of ours: what can be put back. */
export interface Ours {
  credentials: CredentialsOf
  expiresAtMs: number
  /** Our annotations, as they stand there. */
  annotations: ReadonlyMap<string, string>
}

/** What shall be done with a Secret, and why. Made without effects. */
export type Decision =
  | { do: 'dryRun'; why: string; ours: Ours | undefined }
  | { do: 'keep'; why: string; ours: Ours }
  | { do: 'inject'; why: string; registries: readonly Registry[]; ours: Ours | undefined; former: Former }

export interface DecideContext extends AskContext {
  hosts: readonly string[]
  nowMs: number
  refreshBeforeMs: number
}

const none: readonly string[] = []

/** A token lives 12 h; what claims to live longer (with some minutes for clocks) was not written by us. */
export const maxExpiryAheadMs = (12 * 60 + 10) * 60_000

/**
 * Is this Secret none of our business? Asked first, so that a Secret can always be un-labelled and deleted, whatever else is wrong with it.
 * Only `oldObject` says that it is being deleted: with server-side apply a user can write a `deletionTimestamp` into a new object.
 */
export function skipReason({ object, oldObject }: Request): string | undefined {
  if (object.metadata.labels[labels.managed] !== 'true') return 'not labelled managed'
  if (oldObject?.metadata.deletionTimestamp !== undefined) return 'being deleted'
  return undefined
}

/**
 * The table of admission cases, top to bottom.
 *
 * @throws Fault `input`: registries that cannot be had
 */
export function decide({ object, oldObject, dryRun }: Request, context: DecideContext): Decision {
  const { hosts, nowMs, refreshBeforeMs } = context
  const registries = registriesFor(hosts, context)
  const ours = oldObject === undefined ? undefined : oursIn(oldObject, context)
  if (dryRun) return { do: 'dryRun', why: 'dry run', ours }

  const injected = oldObject === undefined ? none : injectedIn(oldObject)
  const former: Former = { hosts: injected.filter(host => !hosts.includes(host)), data: oldObject?.data }
  const inject = (why: string): Decision => ({ do: 'inject', why, registries, ours, former })
  if (oldObject === undefined) return inject('created')
  if (ours === undefined) return inject('no valid credentials of ours for what it asks for')
  if (isTouched(object, oldObject)) return inject('touched')
  const [expiresAt, updatedAt] = [annotations.expiresAt, annotations.updatedAt].map(key => ours.annotations.get(key))
  if (isDue({ expiresAt, updatedAt, nowMs, refreshBeforeMs })) return inject('due')
  return { do: 'keep', why: 'not due', ours }
}

/** Only `oldObject` is believed: it went through admission, the new object is whatever its author wrote. */
function oursIn(old: Secret, { hosts, shape, nowMs }: { hosts: readonly string[]; shape: Shape; nowMs: number }): Ours | undefined {
  const { labels: oldLabels, annotations: notes } = old.metadata
  const [expiresAt, updatedAt] = [notes?.[annotations.expiresAt], notes?.[annotations.updatedAt]]
  const expiresAtMs = parseTime(expiresAt)
  if (oldLabels[labels.managed] !== 'true' || expiresAt === undefined || expiresAtMs === undefined) return undefined
  if (updatedAt === undefined || parseTime(updatedAt) === undefined) return undefined
  if (expiresAtMs > nowMs + maxExpiryAheadMs || !sameHosts(injectedIn(old), hosts)) return undefined
  const credentials = shape.read(old.data, hosts)
  if (credentials === undefined) return undefined
  const kept = [annotations.expiresAt, annotations.updatedAt, annotations.injectedRegistries].map(key => [key, notes?.[key] ?? ''] as const)
  return { credentials, expiresAtMs, annotations: new Map(kept) }
}

/** The hosts that were written at the last injection, if the Secret was managed then. */
export function injectedIn({ metadata }: Secret): readonly string[] {
  return metadata.labels[labels.managed] === 'true' ? hostsIn(metadata.annotations?.[annotations.injectedRegistries]) : none
}

function sameHosts(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every(host => others.includes(host))
}

/** Taking the mark away is no touch: a GitOps re-apply does that. */
function isTouched(object: Secret, old: Secret): boolean {
  const mark = object.metadata.annotations?.[annotations.markedForUpdateAt]
  return mark !== undefined && mark !== old.metadata.annotations?.[annotations.markedForUpdateAt]
}
