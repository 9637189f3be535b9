import { Fault } from './fault.ts'
import { matchesPattern } from './pattern.ts'

/** An ECR registry, as described by its host name. */
export type Registry = PrivateRegistry | PublicRegistry

export interface PrivateRegistry {
  kind: 'private'
  host: string
  account: string
  region: string
  fips: boolean
  dualStack: boolean
}

export interface PublicRegistry {
  kind: 'public'
  host: string
  region?: undefined
}

/** https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html */
const publicHosts = ['public.ecr.aws', 'ecr-public.aws.com']

/**
 * DNS suffixes of each partition's private registries and of their dual-stack endpoints. The set is the same as in cloud-provider-aws and
 * amazon-ecr-credential-helper, so that kubelet, Docker and this webhook recognize the same ECR hosts.
 */
const suffixes = ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'c2s.ic.gov', 'sc2s.sgov.gov', 'cloud.adc-e.uk', 'csp.hci.ic.gov']
const dualStackSuffixes = ['on.aws', 'on.amazonwebservices.com.cn']

const oneOf = (texts: string[]): string => texts.map(text => text.replaceAll('.', '[.]')).join('|')
const region = '([a-z][a-z0-9-]{0,61}[a-z0-9])'
const classic = `[0-9]{12}[.]dkr[.]ecr(-fips)?[.]${region}[.](?:${oneOf(suffixes)})`
const dualStack = `[0-9]{12}[.]dkr-ecr(-fips)?[.]${region}[.](?:${oneOf(dualStackSuffixes)})`
const classicHost = new RegExp(`^${classic}$`)
const dualStackHost = new RegExp(`^${dualStack}$`)

/**
 * Matches the names of images that are in an ECR registry, with a port or without one. The chart has it as a file, because admission policies
 * apply the same rule. So it contains only what RE2, the syntax of CEL, has as well, and nothing that would need escaping in CEL or YAML.
 */
export const imagePattern = `^(${classic}|${dualStack}|${oneOf(publicHosts)})(:[0-9]+)?/`
const ecrImage = new RegExp(imagePattern)

/** @param image as in the spec of a container, such as `public.ecr.aws/nginx/nginx:1` */
export function isRegistryImage(image: string): boolean {
  return ecrImage.test(image)
}

/**
 * @param host as in an image name, without scheme, port and path
 * @throws Fault `input` if it is not an ECR host
 */
export function parseRegistry(host: string): Registry {
  return registryOf(host) ?? refuse(host, '')
}

/** @throws Fault `input` if one of them is not an ECR host, with its position in the list */
export function parseRegistries(hosts: readonly string[]): Registry[] {
  return hosts.map((host, at) => registryOf(host) ?? refuse(host, hosts.length === 1 ? '' : ` in position ${at + 1} of ${hosts.length}`))
}

/** The text may contain a password, so at most its host is shown. */
function refuse(host: string, where: string): never {
  const shown = shownHost(host)
  throw new Fault('input', {
    found: `${shown === undefined ? `a text of ${host.length} characters` : `the registry ${JSON.stringify(shown)}`}${where}`,
    wanted: 'a bare ECR host, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com or public.ecr.aws',
    todo: 'Write only the host, in lower case: no https://, no port, no path, no user.',
  })
}

export function isRegistryHost(host: string): boolean {
  return registryOf(host) !== undefined
}

function registryOf(host: string): Registry | undefined {
  if (publicHosts.includes(host)) return { kind: 'public', host }
  const classic = classicHost.exec(host)
  const [, fips, region] = classic ?? dualStackHost.exec(host) ?? []
  if (region === undefined) return undefined
  return { kind: 'private', host, account: host.slice(0, 12), region, fips: fips !== undefined, dualStack: classic === null }
}

/** A DNS name or a pattern of DNS names, of at most 253 characters. */
const dnsName = /^(?=.{1,253}$)(?:[a-z0-9*](?:[a-z0-9*-]{0,61}[a-z0-9*])?\.)+[a-z]{2,63}$/

/**
 * The host in a text that should be a registry, if it may be shown in a message. After an `@`, where the rest of a password may be, only
 * the host of an ECR registry is returned. Text that is not a DNS name in lower case, such as a token, is never returned.
 *
 * @returns undefined if no part of the text may be shown
 */
export function shownHost(text: string): string | undefined {
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  const host = rest.slice(rest.lastIndexOf('@') + 1).replace(/[/?#:].*/s, '')
  if (isRegistryHost(host.toLowerCase())) return host.toLowerCase()
  return !rest.includes('@') && dnsName.test(host) ? host : undefined
}

/**
 * Whether a pattern of an allow-list matches this host. `*` matches any characters within one DNS label.
 *
 * @param pattern such as `111122223333.dkr.ecr.*.amazonaws.com`
 */
export function matchesHost(pattern: string, host: string): boolean {
  const patterns = pattern.split('.')
  const labels = host.split('.')
  return patterns.length === labels.length && labels.every((label, at) => matchesPattern(patterns[at] ?? '', label))
}
