import { version as ownVersion } from '@ecr-anywhere/shared/version.ts'
import { failed, ok } from '../../findings/finding.ts'
import { causeCode } from '../cause-code.ts'
import type { Check } from '../check.ts'
import { named } from '../named.ts'

/** Objects that every release has, whatever its values. */
const parts = [
  'Deployment/ecr-anywhere-webhook',
  'Service/ecr-anywhere-webhook',
  'ConfigMap/ecr-anywhere-tenants',
  'ConfigMap/ecr-anywhere-check',
  'CronJob/ecr-anywhere-refresh',
  'ServiceAccount/ecr-anywhere-refresh',
]

export const releaseChecks: readonly Check[] = [
  {
    id: 'release-found',
    title: 'ECR Anywhere is installed',
    run: async ({ release }) => {
      const found = await release().catch(causeCode('MissingPrerequisite'))
      if (found === undefined) {
        return failed(
          'no objects of a release (label app.kubernetes.io/name=ecr-anywhere)',
          'one release of ECR Anywhere',
          'Install it with `helm upgrade --install`, or name its namespace with --release-namespace.',
        )
      }
      if (found.namespaces.length === 1) return ok(`in namespace ${found.namespace}`)
      return failed(
        `objects of releases in ${found.namespaces.length} namespaces: ${named(found.namespaces)}`,
        'one release in a cluster, because the names of its objects are fixed',
        'See `helm list --all-namespaces`, and uninstall the one that is not used.',
      )
    },
  },
  {
    id: 'release-complete',
    title: 'no object of the release is missing',
    run: async ({ release }) => {
      const { objects, namespace } = await release()
      const lacking = parts.filter(part => !objects.includes(part))
      if (lacking.length === 0) return ok(`${parts.length} objects in namespace ${namespace}`)
      return failed(
        `no ${named(lacking)} in namespace ${namespace}`,
        'every object of the chart',
        `An install was interrupted, or somebody deleted them. Run \`helm status --namespace ${namespace} RELEASE\`, then \`helm upgrade\`, which restores them.`,
      )
    },
  },
]

/** Last, because an older release is not the cause of a failure by itself. */
export const versionChecks: readonly Check[] = [
  {
    id: 'release-version',
    title: 'the release has the version of this command',
    run: async ({ release }) => {
      const { version, namespace } = await release()
      if (version === ownVersion) return ok(ownVersion)
      return failed(
        version === undefined ? 'a release without a version' : `version ${version} in namespace ${namespace}`,
        `version ${ownVersion}, that of this command, whose checks may not fit another one`,
        'Run `helm upgrade`, or use the command of the image of that version.',
      )
    },
  },
]
