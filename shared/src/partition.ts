import type { Registry } from './registry.ts'

/** An AWS partition. */
interface Partition {
  /** DNS suffixes of its private registries and, if it has them, of their dual-stack endpoints. */
  suffixes: readonly [string, ...string[]]
  /** One of its regions, and a pattern that matches all of them. The pattern is absent for `aws`, which has all regions of no other. */
  region: string
  regions?: RegExp
}

/**
 * The partitions by name, as in an ARN.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
const named: ReadonlyMap<string, Partition> = new Map([
  ['aws', { suffixes: ['amazonaws.com', 'on.aws'], region: 'us-east-1' }],
  ['aws-us-gov', { suffixes: ['amazonaws.com', 'on.aws'], region: 'us-gov-west-1', regions: /^us-gov-/ }],
  ['aws-cn', { suffixes: ['amazonaws.com.cn', 'on.amazonwebservices.com.cn'], region: 'cn-north-1', regions: /^cn-/ }],
  ['aws-eusc', { suffixes: ['amazonaws.eu'], region: 'eusc-de-east-1', regions: /^eusc-/ }],
  ['aws-iso', { suffixes: ['c2s.ic.gov'], region: 'us-iso-east-1', regions: /^us-iso-/ }],
  ['aws-iso-b', { suffixes: ['sc2s.sgov.gov'], region: 'us-isob-east-1', regions: /^us-isob-/ }],
  ['aws-iso-e', { suffixes: ['cloud.adc-e.uk'], region: 'eu-isoe-west-1', regions: /^eu-isoe-/ }],
  ['aws-iso-f', { suffixes: ['csp.hci.ic.gov'], region: 'us-isof-south-1', regions: /^us-isof-/ }],
])

/** The same map, in which a partition that is not known can be looked up. */
const partitions: ReadonlyMap<string | undefined, Partition> = named

export const partitionNames: readonly string[] = [...named.keys()]

/** The partition that an ARN names; undefined if the text is not an ARN. */
export function partitionOfArn(arn: string | undefined): string | undefined {
  return arn?.match(/^arn:(aws[a-z-]*):/)?.[1]
}

/** The partition of a region, by its name. */
export function partitionOfRegion(region: string): string {
  return [...partitions].find(([, { regions }]) => regions?.test(region))?.[0] ?? 'aws'
}

/**
 * Whether an identity of this partition can get a token for this registry. AWS refuses the identities of all other partitions. ECR Public
 * is only in `aws`. If the partition is undefined or not listed here, every registry is accepted, because nothing is known about it.
 */
export function isInPartition(registry: Registry, partition: string | undefined): boolean {
  const known = partitions.get(partition)
  if (known === undefined) return true
  if (registry.kind === 'public') return partition === 'aws'
  const { region, host } = registry
  return partitionOfRegion(region) === partition && known.suffixes.some(suffix => host.endsWith(`.${region}.${suffix}`))
}

/** The host of an account's registry in a region. A Secret that names no registry gets credentials for its principal's own. */
export function ownRegistryHost({ account, region, partition }: { account: string; region: string; partition: string }): string {
  return `${account}.dkr.ecr.${region}.${partitions.get(partition)?.suffixes[0] ?? 'amazonaws.com'}`
}

/** The region in which STS is called for a role: the given one, unless the role is in another partition, whose STS alone knows it. */
export function regionFor(roleArn: string | undefined, region: string): string {
  const wanted = partitionOfArn(roleArn)
  return wanted === partitionOfRegion(region) ? region : (partitions.get(wanted)?.region ?? region)
}
