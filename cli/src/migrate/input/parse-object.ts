import { dnsLabel } from '@ecr-anywhere/shared/name-patterns.ts'
import * as z from 'zod'
import type { Problem } from '../problem.ts'
import { shown } from '../shown.ts'
import type { InputObject } from './input.ts'

const texts = z
  .record(z.string(), z.coerce.string())
  .nullish()
  .transform(all => all ?? {})
/** A DNS subdomain, or a name of RBAC, which may contain a colon. Names are put into shell commands, so nothing else is accepted. */
const name = z.string().regex(/^[a-z0-9](?:[a-z0-9.:-]{0,251}[a-z0-9])?$/)
const schema = z.looseObject({
  apiVersion: z.string().regex(/^[\w./-]{1,253}$/),
  kind: z.string().regex(/^[A-Za-z]{1,63}$/),
  metadata: z.object({
    name,
    namespace: z.string().regex(dnsLabel).nullish(),
    labels: texts,
    annotations: texts,
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).nullish(),
  }),
})

/** Kinds without a namespace. */
const clusterKinds = /^(?:Cluster.*|Namespace|CustomResourceDefinition|.*WebhookConfiguration)$/

/**
 * Reads one object. Of a Secret only the metadata is kept.
 *
 * @param where the place in the input, for messages
 * @param namespace of an object that names none
 */
export function parseObject(given: unknown, { where, namespace }: { where: string; namespace: string }): InputObject | Problem {
  const read = schema.safeParse(given)
  if (!read.success) return problemOf(read.error.issues, given, where)
  const { apiVersion, kind, metadata } = read.data
  const { labels, annotations, ownerReferences } = metadata
  return {
    apiVersion,
    kind,
    namespace: clusterKinds.test(kind) ? '' : (metadata.namespace ?? namespace),
    name: metadata.name,
    labels,
    annotations,
    owners: (ownerReferences ?? []).map(owner => `${owner.kind}/${owner.name}`),
    body: kind === 'Secret' ? { apiVersion, kind } : read.data,
  }
}

const wanted: Readonly<Record<string, string>> = {
  apiVersion: 'an apiVersion of Kubernetes',
  kind: 'a kind of Kubernetes',
  'metadata.name': 'a name in lower case, as Kubernetes accepts it',
  'metadata.namespace': 'the name of a namespace',
}

function problemOf(issues: readonly z.core.$ZodIssue[], given: unknown, where: string): Problem {
  const path = issues[0]?.path.map(String) ?? []
  const field = path.join('.')
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], given)
  const isName = field in wanted && typeof value === 'string'
  return {
    what: `${where}${field === '' ? '' : `, ${field}`}`,
    found: isName ? shown(value) : value === undefined || value === null ? 'nothing' : 'a value of another type',
    wanted: wanted[field] ?? 'an object of Kubernetes with apiVersion, kind and metadata.name',
  }
}
