import { labels, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { apiUser, secretsPath } from './api-user.ts'
import { managedSecret } from './manifest.ts'
import { until } from './until.ts'

export interface InForceOptions {
  kubeconfig: string
  /** the name of the namespace that is created for this, and which is not enabled afterwards */
  namespace: string
  /** the labels that the webhook configuration selects in addition to the value */
  onlyLabel: Record<string, string>
  /** the values of the namespace label */
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
        // A denial is also an answer of the webhook, for a tenant that does not exist.
        const { message = '' } = answer as { message?: string }
        return warnings.some(warning => warning.startsWith(warningPrefix)) || message.includes('denied the request')
      })
      await labelled(name, {})
    }
  } finally {
    close()
  }
}
