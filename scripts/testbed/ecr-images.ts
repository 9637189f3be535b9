import fc from 'fast-check'

const suffixes = ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'c2s.ic.gov', 'sc2s.sgov.gov', 'cloud.adc-e.uk', 'csp.hci.ic.gov']
const dualStackSuffixes = ['on.aws', 'on.amazonwebservices.com.cn']
const account = fc.stringMatching(/^[0-9]{12}$/)
const region = fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/)
const service = (name: string) => fc.constantFrom(name, `${name}-fips`)

/** Hosts of ECR registries, of every form. */
export const ecrHosts = fc.oneof(
  fc.constantFrom('public.ecr.aws', 'ecr-public.aws.com'),
  fc.tuple(account, fc.constant('dkr'), service('ecr'), region, fc.constantFrom(...suffixes)).map(parts => parts.join('.')),
  fc.tuple(account, service('dkr-ecr'), region, fc.constantFrom(...dualStackSuffixes)).map(parts => parts.join('.')),
)

/** Hosts that differ from an ECR host by one edit, which may leave it one: a character is added, removed or replaced, or a part moves. */
export const similarHosts = fc
  .tuple(ecrHosts, fc.nat(), fc.constantFrom('add', 'remove', 'replace', 'prefix', 'suffix', 'upper'), fc.constantFrom(...'.-x0A_:/@ é'))
  .map(([host, at, edit, character]) => {
    const place = at % host.length
    const [before, after] = [host.slice(0, place), host.slice(place)]
    if (edit === 'add') return before + character + after
    if (edit === 'remove') return before + after.slice(1)
    if (edit === 'replace') return before + character + after.slice(1)
    if (edit === 'prefix') return `evil.example${character}${host}`
    if (edit === 'suffix') return `${host}${character}evil.example`
    return before + after.charAt(0).toUpperCase() + after.slice(1)
  })

/** What may follow the host in the name of an image, and what only looks like it. */
export const imageRests = fc.constantFrom(
  '/a',
  '/team/app:1.2.3',
  ':443/team/app',
  '/app@sha256:0123456789abcdef',
  ':5000/app:1@sha256:0123456789abcdef',
  '',
  ':443',
  ':port/app',
  ':/app',
  '?a/b',
)
