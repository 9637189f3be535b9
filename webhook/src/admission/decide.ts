import { isDue } from '@ecr-anywhere/shared/due.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Registry } from '@ecr-anywhere/shared/registry.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import type { CredentialsByHost, SecretKind } from '../secret-kinds/secret-kind.ts'
import { injectedHosts } from './resolve.ts'
import type { Request, Secret } from './review.ts'

/** What the webhook injected earlier, as found in `oldObject`. It can be restored. */
export interface InjectedState {
  credentials: CredentialsByHost
  expiresAtMs: number
  /** The webhook's annotations, as found in `oldObject`. */
  annotations: ReadonlyMap<string, string>
}

/** What to do with a Secret, and why. A decision is made without effects. */
export type Decision =
  | { do: 'dryRun'; why: string; injected: InjectedState | undefined }
  | { do: 'keep'; why: string; injected: InjectedState }
  | { do: 'inject'; why: string; registries: readonly Registry[]; injected: InjectedState | undefined }

export interface DecideContext {
  kind: SecretKind
  registries: readonly Registry[]
  nowMs: number
  refreshBeforeMs: number
}

/** A token is valid for 12 h. An expiry further ahead, allowing some minutes of clock skew, was not written by the webhook. */
export const maxExpiryAheadMs = (12 * 60 + 10) * 60_000

/** The first rule that matches decides. */
export function decide({ object, oldObject, dryRun }: Request, context: DecideContext): Decision {
  const { registries, nowMs, refreshBeforeMs } = context
  const injected = oldObject === undefined ? undefined : injectedState(oldObject, context)
  if (dryRun) return { do: 'dryRun', why: 'dry run', injected }

  const inject = (why: string): Decision => ({ do: 'inject', why, registries, injected })
  if (oldObject === undefined) return inject('created')
  if (injected === undefined) return inject('no valid injected credentials for the requested registries')
  if (isTouched(object, oldObject)) return inject('touched')
  const [expiresAt, updatedAt] = [annotations.expiresAt, annotations.updatedAt].map(key => injected.annotations.get(key))
  if (isDue({ expiresAt, updatedAt, nowMs, refreshBeforeMs })) return inject('due')
  return { do: 'keep', why: 'not due', injected }
}

const ownAnnotations: readonly string[] = [annotations.expiresAt, annotations.updatedAt, annotations.injectedRegistries]

/** Only `oldObject` is trusted, because it went through admission. The new object holds whatever its author wrote. */
function injectedState(old: Secret, { registries, kind, nowMs }: DecideContext): InjectedState | undefined {
  const own = new Map(Object.entries(old.metadata.annotations ?? {}).filter(([key]) => ownAnnotations.includes(key)))
  const expiresAtMs = parseTime(own.get(annotations.expiresAt))
  if (expiresAtMs === undefined || parseTime(own.get(annotations.updatedAt)) === undefined) return undefined
  const [before, hosts] = [injectedHosts(old), registries.map(({ host }) => host)]
  if (expiresAtMs > nowMs + maxExpiryAheadMs || before.length === 0 || !sameHosts(before, hosts)) return undefined
  const credentials = kind.read(old.data, hosts)
  return credentials === undefined ? undefined : { credentials, expiresAtMs, annotations: own }
}

function sameHosts(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every(host => others.includes(host))
}

/** Removing the annotation does not count as a touch, because a GitOps tool removes it whenever it applies its manifest again. */
function isTouched(object: Secret, old: Secret): boolean {
  const mark = markOf(object)
  return mark !== undefined && mark !== markOf(old)
}

function markOf({ metadata }: Secret): string | undefined {
  return metadata.annotations?.[annotations.markedForUpdateAt]
}
