import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import * as z from 'zod'
import type { Cluster } from '../../cluster/cluster.ts'

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform(all => all ?? {})
const selector = z.object({
  matchLabels: texts,
  matchExpressions: z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() })).nullish(),
})
const rulePort = z.object({ port: z.union([z.number(), z.string()]).optional(), endPort: z.number().optional() })
const rules = z.array(z.object({ ports: z.array(rulePort).nullish() })).nullish()
const item = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ podSelector: selector, policyTypes: z.array(z.string()).nullish(), ingress: rules, egress: rules }),
})

export type NetworkPolicy = z.output<typeof item>
const form: ListForm<NetworkPolicy> = { item, metadataOnly: false }

export function networkPolicies({ list }: Pick<Cluster, 'list'>, namespace: string): Promise<NetworkPolicy[]> {
  return list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace }, form)
}

/** The policies of a type that select a pod by its labels. */
export function policiesFor(
  policies: readonly NetworkPolicy[],
  labels: Readonly<Record<string, string>>,
  type: 'Ingress' | 'Egress',
): NetworkPolicy[] {
  return policies.filter(({ spec }) => {
    // Without policyTypes, a policy is of the type Ingress, and of Egress if it has egress rules.
    const types = spec.policyTypes ?? ['Ingress', ...(spec.egress == null ? [] : ['Egress'])]
    return types.includes(type) && selects(spec.podSelector, labels)
  })
}

function selects(
  { matchLabels, matchExpressions }: NetworkPolicy['spec']['podSelector'],
  labels: Readonly<Record<string, string>>,
): boolean {
  const hasLabels = Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
  return hasLabels && (matchExpressions ?? []).every(one => meets(one, labels))
}

function meets(
  { key, operator, values }: { key: string; operator: string; values?: string[] | null | undefined },
  labels: Readonly<Record<string, string>>,
) {
  const value = labels[key]
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  const isIn = value !== undefined && (values ?? []).includes(value)
  return operator === 'In' ? isIn : !isIn
}

/**
 * Whether any rule lets one of these ports through. Who the peers of a rule are is not judged: addresses of API servers and of AWS are not known.
 *
 * @param ports undefined for any port but that of DNS
 */
export function passes(
  policies: readonly NetworkPolicy[],
  direction: 'ingress' | 'egress',
  ports: readonly (number | string)[] | undefined,
): boolean {
  return policies.some(({ spec }) =>
    (spec[direction] ?? []).some(rule => rule.ports == null || rule.ports.length === 0 || rule.ports.some(one => isOpen(one, ports))),
  )
}

function isOpen({ port, endPort }: z.output<typeof rulePort>, ports: readonly (number | string)[] | undefined): boolean {
  if (port === undefined) return true
  if (ports === undefined) return port !== 53 && port !== 'dns'
  return ports.some(wanted =>
    typeof port === 'number' && typeof wanted === 'number' ? wanted >= port && wanted <= (endPort ?? port) : wanted === port,
  )
}
