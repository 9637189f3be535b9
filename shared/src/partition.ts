import type { Registry } from './registry.ts'

/** An AWS partition. */
interface Partition {
  /** DNS suffixes of its private registries and of their dual-stack endpoints. */
  suffix: string
  dualStackSuffix?: string
  /** One of its regions, and a pattern that matches all of them. */
  region: string
  regions: RegExp
}

/**
 * The partitions by name, as in an ARN.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
const partitions: Record<string, Partition> = {
  'aws-us-gov': { suffix: 'amazonaws.com', dualStackSuffix: 'on.aws', region: 'us-gov-west-1', regions: /^us-gov-/ },
  'aws-cn': { suffix: 'amazonaws.com.cn', dualStackSuffix: 'on.amazonwebservices.com.cn', region: 'cn-north-1', regions: /^cn-/ },
  'aws-eusc': { suffix: 'amazonaws.eu', region: 'eusc-de-east-1', regions: /^eusc-/ },
  'aws-iso': { suffix: 'c2s.ic.gov', region: 'us-iso-east-1', regions: /^us-iso-/ },
  'aws-iso-b': { suffix: 'sc2s.sgov.gov', region: 'us-isob-east-1', regions: /^us-isob-/ },
  'aws-iso-e': { suffix: 'cloud.adc-e.uk', region: 'eu-isoe-west-1', regions: /^eu-isoe-/ },
  'aws-iso-f': { suffix: 'csp.hci.ic.gov', region: 'us-isof-south-1', regions: /^us-isof-/ },
  // Last, because its pattern matches every other region.
  aws: { suffix: 'amazonaws.com', dualStackSuffix: 'on.aws', region: 'us-east-1', regions: /^/ },
}

export const partitionNames: readonly string[] = Object.keys(partitions)

/** The partition that an ARN names; undefined if the text is not an ARN. */
export function partitionOfArn(arn: string | undefined): string | undefined {
  return /^arn:(aws[a-z-]*):/.exec(arn ?? '')?.[1]
}

/** The partition of a region, by its name. */
export function partitionOfRegion(region: string): string | undefined {
  return Object.entries(partitions).find(([, { regions }]) => regions.test(region))?.[0]
}

/**
 * Whether an identity of this partition can get a token for this registry. AWS refuses the identities of all other partitions. ECR Public
 * is only in `aws`. If the partition is not listed here, every registry is accepted, because nothing is known about the partition.
 */
export function isInPartition(registry: Registry, partition: string): boolean {
  const known = partitions[partition]
  if (known === undefined) return true
  if (registry.kind === 'public') return partition === 'aws'
  const suffix = registry.dualStack ? known.dualStackSuffix : known.suffix
  return partitionOfRegion(registry.region) === partition && suffix !== undefined && registry.host.endsWith(`.${registry.region}.${suffix}`)
}

/** The host of an account's registry in a region. A Secret that names no registry gets credentials for its principal's own. */
export function ownRegistryHost({ account, region, partition }: { account: string; region: string; partition: string }): string {
  return `${account}.dkr.ecr.${region}.${partitions[partition]?.suffix ?? 'amazonaws.com'}`
}

/** The region in which STS is called for a role: the given one, unless the role is in another partition, whose STS alone knows it. */
export function regionFor(roleArn: string | undefined, region: string): string {
  const wanted = partitionOfArn(roleArn)
  return wanted === undefined || wanted === partitionOfRegion(region) ? region : (partitions[wanted]?.region ?? region)
}
