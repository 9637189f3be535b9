import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { isInPartition } from '@ecr-anywhere/shared/partition.ts'
import { parseRegistries, type Registry } from '@ecr-anywhere/shared/registry.ts'
import { isAllowed, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { SecretKind } from '../secret-kinds/secret-kind.ts'
import type { Request, Secret } from './review.ts'

/** A Secret with more registries is a mistake, or an attempt to make the webhook call AWS in many regions. */
export const maxRegistries = 20
export const maxRegions = 5

export interface ResolveContext {
  tenant: Tenant
  kind: SecretKind
  /** How long the webhook may still wait for AWS, in milliseconds. */
  leftMs: () => number
}

export interface ResolveWorld {
  /** The host of the registry of the principal's account, in the tenant's region. */
  ownRegistry: (tenant: string, limitMs: number) => Promise<string>
  isRegion: (tenant: string, region: string) => boolean
  /** The partition of the tenant's identity, such as `aws` or `aws-cn`; undefined while it is not known. */
  partition: (tenant: string) => string | undefined
}

/**
 * Determines the registries that this Secret gets credentials for. If neither the Secret nor its tenant names a registry, the principal's
 * own registry is used. Only this step may call STS.
 *
 * @returns at least one registry, except in a dry run, which does not call STS
 * @throws Fault `input` for registries that this Secret may not have, `transient` if STS does not answer
 */
export async function resolve(request: Request, context: ResolveContext, world: ResolveWorld): Promise<readonly Registry[]> {
  const hosts = requestedHosts(request.object, context) ?? (await ownHosts(request, context, world))
  return checkedRegistries(hosts, context, world)
}

/** The hosts in a comma-separated list, in order and without duplicates. */
export function hostsIn(list: string | undefined): readonly string[] {
  const hosts = (list ?? '').split(',').map(host => host.trim())
  return [...new Set(hosts)].filter(host => host !== '')
}

/** The hosts of the last injection, if this Secret is managed. */
export function injectedHosts({ metadata }: Secret): readonly string[] {
  return metadata.labels[labels.managed] === 'true' ? hostsIn(metadata.annotations?.[annotations.injectedRegistries]) : []
}

/** Returns undefined if neither the Secret nor its tenant names a registry. */
function requestedHosts({ metadata, data }: Secret, { tenant, kind }: ResolveContext): readonly string[] | undefined {
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
    // If the principal cannot be determined now, the registry of the last injection is used.
    if (before.length === 0) throw error
    return before
  }
}

/** A registry that comes from the Secret's data is not quoted in messages. */
function checkedRegistries(
  hosts: readonly string[],
  { tenant, kind }: ResolveContext,
  { isRegion, partition }: ResolveWorld,
): readonly Registry[] {
  if (hosts.length > maxRegistries) throw tooMany(`${hosts.length} registries`, `at most ${maxRegistries}`)
  if (kind.single && hosts.length > 1) {
    throw tooMany(`${hosts.length} registries for a Secret of kind ${kind.name}`, 'exactly one, because it has one username and password')
  }
  const registries = parseRegistries(hosts)
  const inData = kind.hosts !== undefined
  const refused = hosts.filter(host => !isAllowed(tenant, host))
  if (refused.length > 0) throw notAllowed(tenant, inData ? 'the one in its data' : refused.join(', '))
  const regions = new Set(registries.map(({ region }) => region))
  if (regions.size > maxRegions) throw tooMany(`registries in ${regions.size} regions`, `at most ${maxRegions} regions a Secret`)
  const unknown = registries.find(({ region }) => region !== undefined && !isRegion(tenant.name, region))
  if (unknown !== undefined) throw unknownRegion(inData ? 'in its data, which is' : unknown.host)
  const own = partition(tenant.name)
  const elsewhere = registries.find(registry => !isInPartition(registry, own))
  if (elsewhere !== undefined) throw otherPartition(tenant, elsewhere, own)
  return registries
}

function tooMany(found: string, wanted: string): Fault {
  return new Fault('input', {
    found,
    wanted,
    todo: `Name fewer in the annotation ${annotations.registries}, and make a second Secret for the others.`,
  })
}

function notAllowed({ name, allowedRegistries = [] }: Tenant, quoted: string): Fault {
  return new Fault('input', {
    found: `registries that tenant ${name} may not ask for: ${quoted}`,
    wanted: `registries that match ${allowedRegistries.join(', ')}`,
    todo: `Change the annotation ${annotations.registries}, or let an operator add to the tenant's allowedRegistries.`,
  })
}

function unknownRegion(quoted: string): Fault {
  return new Fault('input', {
    found: `the registry ${quoted} in a region that AWS does not list`,
    wanted: 'a region of AWS, such as us-east-1',
    todo: "Correct the name. If the region is new, let an operator name such a registry in the tenant's registries.",
  })
}

function otherPartition({ name }: Tenant, { host }: Registry, own: string | undefined): Fault {
  return new Fault('input', {
    found: `the registry ${host}, which is not in the partition ${own} of the identity of tenant ${name}`,
    wanted: `registries of the partition ${own}, because AWS knows an identity only in its own partition`,
    todo: 'Put this registry into a Secret of a tenant whose role is in its partition.',
  })
}
