import { dnsSubdomain } from '@ecr-anywhere/shared/name-patterns.ts'
import * as z from 'zod'
import type { InputObject } from '../input/input.ts'

const reference = z.object({ kind: z.string(), name: z.string().regex(dnsSubdomain) })
const metadata = z.object({ labels: z.record(z.string(), z.string()).nullish() })
const spec = z.object({
  target: z
    .object({
      name: z.string().regex(dnsSubdomain).nullish(),
      creationPolicy: z.string().default('Owner'),
      deletionPolicy: z.string().default('Retain'),
      immutable: z.boolean().nullish(),
      template: z.object({ type: z.string().nullish(), metadata: metadata.nullish() }).nullish(),
    })
    .prefault({}),
  data: z.array(z.unknown()).nullish(),
  dataFrom: z.array(z.object({ sourceRef: z.object({ generatorRef: reference.nullish() }).nullish() })).nullish(),
})

/** An ExternalSecret that uses a generator, with the defaults of https://external-secrets.io/latest/api/externalsecret/ */
export interface ExternalSecret {
  object: InputObject
  /** The Secret that it writes. */
  secretName: string
  /** Undefined: `Opaque`. */
  type: string | undefined
  labels: Readonly<Record<string, string>>
  deletionPolicy: string
  isImmutable: boolean
  /** The generators of the kinds that can be one for ECR. */
  generators: readonly { kind: string; name: string }[]
  /** Whether the Secret has something else in it than what one generator gives. */
  isMixed: boolean
}

/** @returns undefined if the object cannot be read, or uses no generator of these kinds */
export function externalSecretOf(object: InputObject): ExternalSecret | undefined {
  const read = spec.safeParse(object.body.spec)
  if (!read.success) return undefined
  const { target, data, dataFrom } = read.data
  const references = (dataFrom ?? []).map(({ sourceRef }) => sourceRef?.generatorRef)
  const generators = references.filter(one => one?.kind === 'ECRAuthorizationToken' || one?.kind === 'ClusterGenerator')
  if (generators.length === 0) return undefined
  return {
    object,
    secretName: target.name ?? object.name,
    type: target.template?.type ?? undefined,
    labels: target.template?.metadata?.labels ?? {},
    deletionPolicy: target.deletionPolicy,
    isImmutable: target.immutable === true,
    generators: generators.flatMap(one => one ?? []),
    isMixed: (data ?? []).length > 0 || references.length > 1 || target.creationPolicy === 'Merge',
  }
}
