import type { Step } from './move.ts'

/** The names that the README uses. */
export const releaseNamespace = 'ecr-anywhere'
export const valuesFile = 'ecr-anywhere-values.yaml'
/** The service account of the webhook. */
export const serviceAccount = { namespace: releaseNamespace, serviceAccount: 'ecr-anywhere-webhook' } as const
/** As AWS sees it. */
export const subject = `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.serviceAccount}`

/** Installs the chart, as the README does. */
export function installStep(installFirst: boolean): Step {
  return {
    phase: 'install',
    command: installCommand(chart, valuesFile),
    why: installFirst
      ? 'ECR Anywhere now runs beside the old tool. It changes nothing until a Secret and its namespace are labelled.'
      : 'The old tool no longer writes, so ECR Anywhere can take over as soon as it runs.',
  }
}

/** The chart in the registry of the user, which only the user knows. */
export const chart = 'oci://HOST/PATH/charts/ecr-anywhere'

/** @param chart its reference, and @param values the file with the values, both quoted for a shell */
export function installCommand(chart: string, values: string): string {
  return `helm upgrade --install ecr-anywhere ${chart} --namespace ${releaseNamespace} --create-namespace --wait --values ${values}`
}
