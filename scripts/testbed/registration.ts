import { labels } from '@ecr-anywhere/shared/names.ts'

export interface Registration {
  /** The name of the MutatingWebhookConfiguration. */
  name: string
  /** `https://127.0.0.1:PORT`, because a control plane without nodes has no Services. */
  url: string
  tenant: string
  /** The value of the namespace label. */
  namespaceValue: string
  /** A further label that namespaces must have. It separates test files that share an API server. */
  onlyLabel?: Record<string, string>
  timeoutSeconds?: number
}

/** A webhook configuration of one tenant as the chart renders it, except that it calls a URL. */
export function registration({ name, url, tenant, namespaceValue, onlyLabel = {}, timeoutSeconds = 10 }: Registration) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${tenant}.ecr-anywhere.centml.ai`,
        clientConfig: { url: `${url}/inject/${tenant}` },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['secrets'], scope: 'Namespaced' }],
        namespaceSelector: { matchLabels: { [labels.namespace]: namespaceValue, ...onlyLabel } },
        objectSelector: { matchLabels: { [labels.managed]: 'true' } },
        admissionReviewVersions: ['v1'],
        sideEffects: 'NoneOnDryRun',
        reinvocationPolicy: 'Never',
        matchPolicy: 'Equivalent',
        failurePolicy: 'Fail',
        timeoutSeconds,
      },
    ],
  }
}
