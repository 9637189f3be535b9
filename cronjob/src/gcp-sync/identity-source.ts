/** Where the identity token for AWS comes from: a projected token of Kubernetes, or Google's metadata server. */
export type IdentitySource = { kind: 'file'; path: string } | { kind: 'metadata'; audience: string }

/** Where this program runs, as its environment shows. */
export type Platform = 'cloud-run' | 'kubernetes' | 'other'

/** Cloud Run sets these: https://cloud.google.com/run/docs/container-contract#env-vars. Kubernetes sets its own in each pod. */
export function platformOf(env: Readonly<Record<string, string | undefined>>): Platform {
  if (env.CLOUD_RUN_JOB || env.K_SERVICE) return 'cloud-run'
  return env.KUBERNETES_SERVICE_HOST ? 'kubernetes' : 'other'
}

/**
 * Chooses the source. A token file is used if there is one, as on GKE. Without it, a token for the audience is requested from Google's
 * metadata server, as on Cloud Run.
 *
 * @returns the source, or what is wrong with the two variables
 */
export function identitySource(
  { AWS_OIDC_TOKEN_PATH: path, AWS_AUDIENCE: audience }: { AWS_OIDC_TOKEN_PATH?: string | undefined; AWS_AUDIENCE?: string | undefined },
  platform: Platform,
): { source: IdentitySource } | { problem: string } {
  if (path !== undefined && platform === 'cloud-run') {
    return {
      problem: `AWS_OIDC_TOKEN_PATH: found ${JSON.stringify(path)} on Cloud Run, wanted no such variable, because Cloud Run has no token file; set AWS_AUDIENCE, and the token comes from the metadata server`,
    }
  }
  if (path !== undefined) return { source: { kind: 'file', path } }
  if (audience !== undefined) return { source: { kind: 'metadata', audience } }
  return { problem: missing[platform] }
}

const missing = {
  'cloud-run':
    'AWS_AUDIENCE: found nothing on Cloud Run, wanted the audience of the identity token, such as sts.amazonaws.com, that the trust policy of the role expects',
  kubernetes:
    'AWS_OIDC_TOKEN_PATH: found nothing in a Kubernetes pod, wanted the path of a projected service account token for AWS, such as /var/run/secrets/sts.googleapis.com/service-account-token; or set AWS_AUDIENCE to use the Google service account of the pod (Workload Identity)',
  other: 'AWS_AUDIENCE: found neither it nor AWS_OIDC_TOKEN_PATH, wanted AWS_AUDIENCE on Cloud Run, and AWS_OIDC_TOKEN_PATH on GKE',
} as const satisfies Record<Platform, string>
