/** What a pod identity webhook adds to a pod whose service account names a role, as environment variables and a volume. */
export interface PodIdentity {
  env: { name: string; value: string }[]
  volume: { name: string; projected: object }
  mount: { name: string; mountPath: string; readOnly: true }
}

const mountPath = '/var/run/secrets/eks.amazonaws.com/serviceaccount'

/**
 * What the pod identity webhook of EKS and OpenShift adds to a pod: https://github.com/aws/amazon-eks-pod-identity-webhook
 *
 * @param annotations of the service account
 */
export function podIdentity(annotations: Record<string, string>): PodIdentity {
  const name = 'aws-iam-token'
  const audience = annotations['eks.amazonaws.com/audience'] ?? 'sts.amazonaws.com'
  return {
    env: [
      { name: 'AWS_ROLE_ARN', value: annotations['eks.amazonaws.com/role-arn'] ?? '' },
      { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${mountPath}/token` },
    ],
    volume: { name, projected: { sources: [{ serviceAccountToken: { audience, expirationSeconds: 86_400, path: 'token' } }] } },
    mount: { name, mountPath, readOnly: true },
  }
}
