import { isDue } from '@ecr-anywhere/shared/due.ts'
import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { shownHost } from '@ecr-anywhere/shared/registry.ts'
import { type SecretState as ExpiryState, secretState } from '@ecr-anywhere/shared/secret-state.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import { hostsIn } from '@ecr-anywhere/webhook/admission/resolve.ts'
import * as z from 'zod'
import { conflictOf } from './conflict.ts'
import { writersOf } from './writers.ts'

/** `Conflict`: another tool writes the Secret, too, or its annotations contradict each other. */
export type State = ExpiryState | 'Conflict'
/** From the worst to the best. */
export const states: readonly State[] = ['NeverInjected', 'Expired', 'Conflict', 'Due', 'Fresh']

/** What `status` knows of a managed Secret, from its metadata alone. */
export interface ManagedSecret {
  namespace: string
  name: string
  /** The registries that it has credentials for, or that it requests. */
  registries: string[]
  /** RFC 3339, unless another client wrote something else. */
  updatedAt: string | undefined
  expiresAt: string | undefined
  state: State
  /** Why the state is `Conflict`. */
  conflict?: string
  /** Whether it has been due for so long that the refresher must have failed. */
  isLongDue: boolean
}

/** How long a Secret may be due before that counts as a failure: the refresher runs every 15 minutes by default. */
export const longDueMs = 3_600_000

export const managed = `${labels.managed}=true`
export const secrets = { apiVersion: 'v1', kind: 'Secret' }

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform(all => all ?? {})

const item = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    annotations: texts,
    ownerReferences: z.array(z.object({ apiVersion: z.string(), kind: z.string(), name: z.string() })).nullish(),
    managedFields: z.array(z.object({ manager: z.string().default(''), fieldsV1: z.unknown() })).nullish(),
  }),
})

/** The API server sends no data of these Secrets. */
export const secretForm: ListForm<z.output<typeof item>> = { item, metadataOnly: true }

export interface StateOptions {
  nowMs: number
  refreshBeforeMs: number
}

export function managedSecret({ metadata }: z.output<typeof item>, { nowMs, refreshBeforeMs }: StateOptions): ManagedSecret {
  const { namespace, name, annotations: values, ownerReferences, managedFields } = metadata
  const [expiresAt, updatedAt] = [values[annotations.expiresAt], values[annotations.updatedAt]]
  const requested = shownHosts(values[annotations.registries])
  const injected = shownHosts(values[annotations.injectedRegistries])
  const ofExpiry = secretState({ expiresAt, updatedAt, nowMs, refreshBeforeMs })
  const owners = ownerReferences ?? []
  const writers = writersOf(managedFields ?? [])
  const conflict = conflictOf({ expiresAt, updatedAt, requested, injected, owners, writers, nowMs })
  const isWorse = ofExpiry === 'NeverInjected' || ofExpiry === 'Expired'
  return {
    namespace,
    name,
    registries: injected.length > 0 ? injected : requested,
    updatedAt,
    expiresAt,
    state: conflict === undefined || isWorse ? ofExpiry : 'Conflict',
    ...(conflict !== undefined && { conflict }),
    isLongDue: ofExpiry === 'Due' && isDue({ expiresAt, updatedAt, nowMs: nowMs - longDueMs, refreshBeforeMs }),
  }
}

/** The hosts in a list, as far as they may be shown: a user may have written a password into it. */
function shownHosts(list: string | undefined): string[] {
  return hostsIn(list).map(host => shownHost(host) ?? '(no registry)')
}

/** Milliseconds until it expires; negative if it has expired, undefined if nobody knows. */
export function leftMs({ expiresAt }: Pick<ManagedSecret, 'expiresAt'>, nowMs: number): number | undefined {
  const atMs = parseTime(expiresAt)
  return atMs === undefined ? undefined : atMs - nowMs
}
