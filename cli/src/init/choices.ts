/** What a cluster runs on, as far as it makes a difference. This file imports nothing, because `--help` loads it. */
export const platforms = ['plain', 'eks', 'gke', 'aks', 'openshift', 'k3s'] as const
export type PlatformName = (typeof platforms)[number]

/** How the webhook proves to AWS who it is. */
export const identities = ['web-identity', 'keys'] as const
export type IdentityKind = (typeof identities)[number]
