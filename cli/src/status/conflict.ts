import { parseTime } from '@ecr-anywhere/shared/time.ts'
import { maxAheadMs } from '@ecr-anywhere/shared/token.ts'

export interface ConflictFacts {
  expiresAt: string | undefined
  updatedAt: string | undefined
  /** The hosts of the annotation `registries`; none if the tenant's are requested. */
  requested: readonly string[]
  injected: readonly string[]
  owners: readonly { apiVersion: string; kind: string; name: string }[]
  /** The field managers that own something in its data. */
  writers: readonly string[]
  nowMs: number
}

/** API groups of controllers that write the whole content of the Secrets that they own. */
const ownerGroups = [
  'bitnami.com',
  'external-secrets.io',
  'isindir.github.com',
  'onepassword.com',
  'secrets.doppler.com',
  'secrets.hashicorp.com',
  'secrets.infisical.com',
]

/** Field managers of other tools that write Secrets. A field manager is the name of a program, which may have a suffix. */
const tools = [
  'argo-ecr-auth',
  'ecr-credentials-sync',
  'ecr-token-refresh',
  'external-secrets',
  'k8s-ecr-login-renew',
  'registry-creds',
  'sealed-secrets-controller',
  'vault-secrets-operator',
]

/** Why somebody else than the webhook must have written a managed Secret, in one sentence; undefined if nothing shows it. */
export function conflictOf(facts: ConflictFacts): string | undefined {
  const { owners, writers, requested, injected, nowMs } = facts
  const owner = owners.find(({ apiVersion }) => ownerGroups.includes(apiVersion.split('/')[0] ?? ''))
  if (owner !== undefined) return `the ${owner.kind} ${owner.name} owns it and writes it, too`
  const writer = writers.find(name => tools.some(tool => name === tool || name.startsWith(`${tool}-`) || name.startsWith(`${tool}/`)))
  if (writer !== undefined) return `${writer} writes its data, too`
  const [expiresAtMs, updatedAtMs] = [parseTime(facts.expiresAt), parseTime(facts.updatedAt)]
  if (expiresAtMs === undefined) return undefined
  if (expiresAtMs - nowMs > maxAheadMs) return 'its expires_at is later than that of any token, so the webhook did not write it'
  if (updatedAtMs !== undefined && updatedAtMs > expiresAtMs) return 'its updated_at is later than its expires_at'
  if (requested.every(host => injected.includes(host))) return undefined
  return `it requests ${requested.join(', ')}, but holds credentials for ${injected.join(', ') || 'no registry'}`
}
