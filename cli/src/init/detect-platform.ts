import type { PlatformName } from './choices.ts'

/** What a cluster shows of its platform. */
export interface PlatformSigns {
  /** The version of the API server, such as `v1.34.1-eks-113cf36`. */
  version: string
  /** The service account issuer; undefined if it is not known. */
  issuer: string | undefined
  /** The address of the API server. */
  server: string
  /** The API groups that it serves. */
  groups: readonly string[]
}

export interface DetectedPlatform {
  platform: PlatformName
  /** The sign, as a part of a sentence. */
  why: string
}

const versions: readonly [PlatformName, RegExp][] = [
  ['eks', /-eks-/],
  ['gke', /-gke\./],
  ['k3s', /\+k3s\d/],
]
const issuers: readonly [PlatformName, RegExp][] = [
  ['eks', /^https:\/\/oidc\.eks\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\//],
  ['gke', /^https:\/\/container\.googleapis\.com\/v1\/projects\//],
  ['aks', /^https:\/\/[a-z0-9-]+\.oic\.prod-aks\.azure\.(?:com|cn|us)\//],
]
/** AKS clusters have such an API server, also before their issuer is enabled. */
const aksServer = /\.azmk8s\.(?:io|us)(?::|\/|$)|\.cx\.prod\.service\.azk8s\.cn/

/** The platform of a cluster, or undefined if nothing shows one. OpenShift comes first, because it also runs in clouds. */
export function detectPlatform({ version, issuer = '', server, groups }: PlatformSigns): DetectedPlatform | undefined {
  if (groups.includes('config.openshift.io')) return { platform: 'openshift', why: 'it serves the API config.openshift.io' }
  const byVersion = versions.find(([, pattern]) => pattern.test(version))
  if (byVersion !== undefined) return { platform: byVersion[0], why: `its version is ${version}` }
  const byIssuer = issuers.find(([, pattern]) => pattern.test(issuer))
  if (byIssuer !== undefined) return { platform: byIssuer[0], why: `its issuer is ${issuer}` }
  return aksServer.test(server) ? { platform: 'aks', why: `its API server is ${server}` } : undefined
}
