import { isIP } from 'node:net'

/** Names that no DNS server on the internet answers for. https://www.iana.org/assignments/special-use-domain-names */
const privateName = /(?:^|\.)(?:svc|local|localhost|localdomain|internal|intranet|private|lan|corp|home\.arpa|test|invalid)$/

/**
 * Why AWS cannot use this issuer, as far as its URL shows it. AWS reads the keys of an issuer from the internet.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 *
 * @returns undefined if nothing speaks against it
 */
export function whyPrivate(issuer: string): string | undefined {
  const url = URL.parse(issuer)
  if (url === null) return 'it is not a URL'
  if (url.protocol !== 'https:') return 'AWS requires https'
  if (url.search !== '' || url.hash !== '' || url.username !== '') return 'AWS accepts only a host and a path'
  if (url.port !== '') return 'AWS accepts no port'
  const { hostname } = url
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return 'AWS requires a host name'
  return privateName.test(hostname) || !hostname.includes('.') ? `${hostname} is a name of a private network` : undefined
}
