import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { isInPartition } from '@ecr-anywhere/shared/partition.ts'
import { parseRegistries, type Registry } from '@ecr-anywhere/shared/registry.ts'
import { isAllowed, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { recall } from '../recall.ts'
import type { Shape } from '../secret-kinds/secret-kind.ts'
import type { Secret } from './review.ts'

/** A Secret with more is somebody's mistake, or an attempt to make us call AWS everywhere. */
export const maxRegistries = 20
export const maxRegions = 5

/** As many lists of registries are remembered: a few for each tenant. */
const recalled = 32

/** The hosts that a list names, in order, once each. */
export const hostsIn = recall((list: string | undefined): readonly string[] => {
  const hosts = (list ?? '').split(',').map(host => host.trim())
  return [...new Set(hosts)].filter(host => host !== '')
}, recalled)

/**
 * The hosts that this Secret asks for; undefined if neither it nor its tenant names any: then it is the principal's own registry.
 *
 * @throws Fault `input` if its annotation and its data name different ones
 */
export function askedHosts({ metadata, data }: Secret, tenant: Tenant, shape: Shape): readonly string[] | undefined {
  const named = hostsIn(metadata.annotations?.[annotations.registries])
  const inData = shape.hosts?.(data)
  if (inData === undefined) return named.length > 0 ? named : tenant.registries
  if (named.every(host => inData.includes(host))) return inData
  throw new Fault('input', {
    found: `one registry in its data, and another in the annotation ${annotations.registries}`,
    wanted: 'one registry',
    todo: 'Remove the annotation: the data says it.',
  })
}

/**
 * The registries behind the hosts, if this tenant's Secret of this kind may have them.
 *
 * @throws Fault `input`: no ECR host, not allowed, too many, a region that does not exist, another partition than the tenant's. What a
 * Secret's data says is not quoted
 */
export function registriesFor(hosts: readonly string[], { tenant, shape, isRegion, partition }: AskContext): readonly Registry[] {
  const registries = checkedRegistries(hosts, tenant, shape, isRegion)
  const own = partition(tenant.name)
  const elsewhere = own === undefined ? undefined : registries.find(registry => !isInPartition(registry, own))
  if (elsewhere === undefined) return registries
  throw new Fault('input', {
    found: `the registry ${elsewhere.host}, which is not in the partition ${own} of the identity of tenant ${tenant.name}`,
    wanted: `registries of the partition ${own}, for AWS knows an identity in its own partition only`,
    todo: 'Put this registry into a Secret of a tenant whose role is in its partition.',
  })
}

const checkedRegistries = recall((hosts: readonly string[], ...[tenant, shape, isRegion]: [Tenant, Shape, AskContext['isRegion']]) => {
  if (hosts.length > maxRegistries) throw tooMany(`${hosts.length} registries`, `at most ${maxRegistries}`)
  if (shape.single && hosts.length > 1) {
    throw tooMany(`${hosts.length} registries for a Secret of kind ${shape.kind}`, 'exactly one, for it has one username and password')
  }
  const registries = parseRegistries(hosts)
  const shown = (some: readonly string[]) => (shape.hosts === undefined ? some.join(', ') : 'the one in its data')
  const refused = hosts.filter(host => !isAllowed(tenant, host))
  if (refused.length > 0) {
    throw new Fault('input', {
      found: `registries that tenant ${tenant.name} may not ask for: ${shown(refused)}`,
      wanted: `registries that match ${(tenant.allowedRegistries ?? []).join(', ')}`,
      todo: `Change the annotation ${annotations.registries}, or let an operator add to the tenant's allowedRegistries.`,
    })
  }
  const regions = new Set(registries.map(registry => (registry.kind === 'private' ? registry.region : 'public')))
  if (regions.size > maxRegions) throw tooMany(`registries in ${regions.size} regions`, `at most ${maxRegions} regions a Secret`)
  const unknown = registries.find(registry => registry.kind === 'private' && !isRegion(tenant.name, registry.region))
  if (unknown !== undefined) {
    throw new Fault('input', {
      found: `the registry ${shape.hosts === undefined ? unknown.host : 'in its data, which is'} in a region that AWS does not list`,
      wanted: 'a region of AWS, such as us-east-1',
      todo: "Correct the name. If the region is new, let an operator name such a registry in the tenant's registries.",
    })
  }
  return registries
}, recalled)

export interface AskContext {
  tenant: Tenant
  shape: Shape
  isRegion: (tenant: string, region: string) => boolean
  /** That of the tenant's identity, such as `aws` or `aws-cn`; undefined while it is not known. */
  partition: (tenant: string) => string | undefined
}

function tooMany(found: string, wanted: string): Fault {
  return new Fault('input', {
    found,
    wanted,
    todo: `Name fewer in the annotation ${annotations.registries}, and make a second Secret for the others.`,
  })
}
