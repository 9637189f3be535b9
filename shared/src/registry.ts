import { Fault } from './fault.ts'

/** An ECR registry, as its host name tells. */
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
}

/** https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html */
const publicHosts = ['public.ecr.aws', 'ecr-public.aws.com']

/**
 * DNS suffix of each partition's private registries, and of their dual-stack form. The same set as in cloud-provider-aws and
 * amazon-ecr-credential-helper, so that kubelet, docker and this webhook agree on what an ECR host is.
 */
const suffixes = ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'c2s.ic.gov', 'sc2s.sgov.gov', 'cloud.adc-e.uk', 'csp.hci.ic.gov']
const dualStackSuffixes = ['on.aws', 'on.amazonwebservices.com.cn']

const oneOf = (texts: string[]): string => texts.map(text => text.replaceAll('.', '\\.')).join('|')
const region = '([a-z][a-z0-9-]{0,61}[a-z0-9])'
const classicHost = new RegExp(`^(\\d{12})\\.dkr\\.ecr(-fips)?\\.${region}\\.(?:${oneOf(suffixes)})$`)
const dualStackHost = new RegExp(`^(\\d{12})\\.dkr-ecr(-fips)?\\.${region}\\.(?:${oneOf(dualStackSuffixes)})$`)

/** A wrong name may be long or hold control characters: this much of it is shown, quoted as JSON. */
const shownLength = 120

/**
 * @param host as in an image name: no scheme, no port, no path
 * @throws Fault `input` if it is no ECR host
 */
export function parseRegistry(host: string): Registry {
  if (publicHosts.includes(host)) return { kind: 'public', host }
  const classic = classicHost.exec(host)
  const found = classic ?? dualStackHost.exec(host)
  const [, account, fips, region] = found ?? []
  if (account === undefined || region === undefined) {
    throw new Fault('input', {
      found: `the registry ${JSON.stringify(host.slice(0, shownLength))}`,
      wanted: 'a bare ECR host, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com or public.ecr.aws',
      todo: 'Write the host alone, in lower case: no https://, no port, no path, no user.',
    })
  }
  return { kind: 'private', host, account, region, fips: fips !== undefined, dualStack: classic === null }
}

/**
 * Does an allow-list pattern cover this host? `*` stands for any characters within one DNS label.
 *
 * @param pattern such as `111122223333.dkr.ecr.*.amazonaws.com`
 */
export function matchesHost(pattern: string, host: string): boolean {
  const patterns = pattern.split('.')
  const labels = host.split('.')
  return patterns.length === labels.length && labels.every((label, at) => matchesLabel(patterns[at] ?? '', label))
}

/** Each part between stars is taken where it first occurs: linear, where a regular expression with many stars backtracks for minutes. */
function matchesLabel(pattern: string, label: string): boolean {
  const [head = '', ...parts] = pattern.split('*')
  const tail = parts.pop()
  if (tail === undefined) return pattern === label
  if (!label.startsWith(head) || !label.endsWith(tail) || label.length < head.length + tail.length) return false
  let rest = label.slice(head.length, label.length - tail.length)
  return parts.every(part => {
    const at = rest.indexOf(part)
    rest = rest.slice(at + part.length)
    return at !== -1
  })
}
