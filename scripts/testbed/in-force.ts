import { labels, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { apiUser, secretsPath } from './api-user.ts'
import { managedSecret } from './manifest.ts'
import { until } from './until.ts'

export interface InForceOptions {
  kubeconfig: string
  /** of the namespace that is made for this, and is not enabled afterwards */
  namespace: string
  /** what the webhook configuration selects beside the value */
  onlyLabel: Record<string, string>
  /** values of the namespace label */
  values: readonly string[]
}

/**
 * Waits until the API server calls the webhook for each tenant. It uses a new webhook configuration, or a new `caBundle`, only some time after
 * it has stored it.
 */
export async function untilCalled({ kubeconfig, namespace, onlyLabel, values }: InForceOptions): Promise<void> {
  const { kubernetes, request, close } = await apiUser(kubeconfig, 1)
  const labelled = (name: string, more: Record<string, string>) =>
    kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...onlyLabel, ...more } } }, 'testbed')
  try {
    for (const value of values) {
      const name = `${namespace}-${value}`
      await labelled(name, { [labels.namespace]: value })
      const body = JSON.stringify(managedSecret({ namespace: name, name: 'ready' }))
      await until(`the webhook is called for namespaces labelled ${value}`, async () => {
        const { warnings, body: answer } = await request({ method: 'POST', path: `${secretsPath(name)}?dryRun=All`, body })
        // A denial is an answer of the webhook, too, for a tenant that it does not have.
        const { message = '' } = answer as { message?: string }
        return warnings.some(warning => warning.startsWith(warningPrefix)) || message.includes('denied the request')
      })
      await labelled(name, {})
    }
  } finally {
    close()
  }
}
