import type { Step } from './move.ts'

/** The names that the README uses. */
export const releaseNamespace = 'ecr-anywhere'
export const valuesFile = 'ecr-anywhere-values.yaml'
/** As AWS sees the webhook's service account. */
export const subject = `system:serviceaccount:${releaseNamespace}:ecr-anywhere-webhook`

/** Installs the chart, as the README does. */
export function installStep(installFirst: boolean): Step {
  return {
    phase: 'install',
    command: `helm upgrade --install ecr-anywhere oci://HOST/PATH/charts/ecr-anywhere --namespace ${releaseNamespace} --create-namespace --wait --values ${valuesFile}`,
    why: installFirst
      ? 'ECR Anywhere now runs beside the old tool. It changes nothing until a Secret and its namespace are labelled.'
      : 'The old tool no longer writes, so ECR Anywhere can take over as soon as it runs.',
  }
}
