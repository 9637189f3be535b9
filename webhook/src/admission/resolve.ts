import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { isInPartition } from '@ecr-anywhere/shared/partition.ts'
import { parseRegistries, type Registry } from '@ecr-anywhere/shared/registry.ts'
import { isAllowed, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { SecretKind } from '../secret-kinds/secret-kind.ts'
import type { Request, Secret } from './review.ts'

/** A Secret with more is somebody's mistake, or an attempt to make the webhook call AWS everywhere. */
export const maxRegistries = 20
export const maxRegions = 5

export interface ResolveContext {
  tenant: Tenant
  kind: SecretKind
  /** How long AWS may still take, in milliseconds. */
  leftMs: () => number
}

export interface ResolveWorld {
  /** The registry of the tenant's principal, in its region. */
  ownRegistry: (tenant: string, limitMs: number) => Promise<string>
  isRegion: (tenant: string, region: string) => boolean
  /** The partition of the tenant's identity, such as `aws` or `aws-cn`; undefined while it is not known. */
  partition: (tenant: string) => string | undefined
}

/**
 * The registries that this Secret gets credentials for. The only step that may ask STS: where neither the Secret nor its tenant names a
 * registry, it is the one of the tenant's principal.
 *
 * @returns at least one, except in a dry run, which does not ask STS
 * @throws Fault `input` for registries that this Secret cannot have, `transient` where STS does not answer
 */
export async function resolve(request: Request, context: ResolveContext, world: ResolveWorld): Promise<readonly Registry[]> {
  const hosts = askedHosts(request.object, context) ?? (await ownHosts(request, context, world))
  return checkedRegistries(hosts, context, world)
}

/** The hosts that a comma-separated list names, in order, once each. */
export function hostsIn(list: string | undefined): readonly string[] {
  const hosts = (list ?? '').split(',').map(host => host.trim())
  return [...new Set(hosts)].filter(host => host !== '')
}

/** The hosts that were written at the last injection, if the Secret was managed then. */
export function injectedHosts({ metadata }: Secret): readonly string[] {
  return metadata.labels[labels.managed] === 'true' ? hostsIn(metadata.annotations?.[annotations.injectedRegistries]) : []
}

/** Undefined if neither the Secret nor its tenant names any. */
function askedHosts({ metadata, data }: Secret, { tenant, kind }: ResolveContext): readonly string[] | undefined {
  const named = hostsIn(metadata.annotations?.[annotations.registries])
  const inData = kind.hosts?.(data)
  if (inData === undefined) return named.length > 0 ? named : tenant.registries
  if (named.every(host => inData.includes(host))) return inData
  throw new Fault('input', {
    found: `one registry in its data, and another in the annotation ${annotations.registries}`,
    wanted: 'one registry',
    todo: 'Remove the annotation: the data names the registry.',
  })
}

async function ownHosts({ oldObject, dryRun }: Request, { tenant, leftMs }: ResolveContext, { ownRegistry }: ResolveWorld) {
  const before = oldObject === undefined ? [] : injectedHosts(oldObject)
  if (dryRun) return before
  try {
    return [await ownRegistry(tenant.name, leftMs())]
  } catch (error) {
    // While AWS does not say who the principal is, the registry is the one that it was.
    if (before.length === 0) throw error
    return before
  }
}

/** What a Secret's data names is not quoted. */
function checkedRegistries(
  hosts: readonly string[],
  { tenant, kind }: ResolveContext,
  { isRegion, partition }: ResolveWorld,
): readonly Registry[] {
  if (hosts.length > maxRegistries) throw tooMany(`${hosts.length} registries`, `at most ${maxRegistries}`)
  if (kind.single && hosts.length > 1) {
    throw tooMany(`${hosts.length} registries for a Secret of kind ${kind.name}`, 'exactly one, for it has one username and password')
  }
  const registries = parseRegistries(hosts)
  const inData = kind.hosts !== undefined
  const refused = hosts.filter(host => !isAllowed(tenant, host))
  if (refused.length > 0) throw notAllowed(tenant, inData ? 'the one in its data' : refused.join(', '))
  const regions = new Set(registries.map(registry => (registry.kind === 'private' ? registry.region : 'public')))
  if (regions.size > maxRegions) throw tooMany(`registries in ${regions.size} regions`, `at most ${maxRegions} regions a Secret`)
  const unknown = registries.find(registry => registry.kind === 'private' && !isRegion(tenant.name, registry.region))
  if (unknown !== undefined) throw unknownRegion(inData ? 'in its data, which is' : unknown.host)
  const own = partition(tenant.name)
  const elsewhere = own === undefined ? undefined : registries.find(registry => !isInPartition(registry, own))
  if (own !== undefined && elsewhere !== undefined) throw otherPartition(tenant, elsewhere, own)
  return registries
}

function tooMany(found: string, wanted: string): Fault {
  return new Fault('input', {
    found,
    wanted,
    todo: `Name fewer in the annotation ${annotations.registries}, and make a second Secret for the others.`,
  })
}

function notAllowed({ name, allowedRegistries = [] }: Tenant, shown: string): Fault {
  return new Fault('input', {
    found: `registries that tenant ${name} may not ask for: ${shown}`,
    wanted: `registries that match ${allowedRegistries.join(', ')}`,
    todo: `Change the annotation ${annotations.registries}, or let an operator add to the tenant's allowedRegistries.`,
  })
}

function unknownRegion(shown: string): Fault {
  return new Fault('input', {
    found: `the registry ${shown} in a region that AWS does not list`,
    wanted: 'a region of AWS, such as us-east-1',
    todo: "Correct the name. If the region is new, let an operator name such a registry in the tenant's registries.",
  })
}

function otherPartition({ name }: Tenant, { host }: Registry, own: string): Fault {
  return new Fault('input', {
    found: `the registry ${host}, which is not in the partition ${own} of the identity of tenant ${name}`,
    wanted: `registries of the partition ${own}, for AWS knows an identity in its own partition only`,
    todo: 'Put this registry into a Secret of a tenant whose role is in its partition.',
  })
}
