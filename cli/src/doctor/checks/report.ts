import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import { configMap } from '@ecr-anywhere/shared/kube/objects.ts'
import { statusConfigMap } from '@ecr-anywhere/shared/names.ts'
import { parseReport, refreshReport } from '@ecr-anywhere/shared/refresh-report.ts'
import { failed, ok } from '../../findings/finding.ts'
import { type Check, missing } from '../check.ts'
import { counted } from '../named.ts'

/** What the refresher itself recorded of its latest run. */
export const reportChecks: readonly Check[] = [
  {
    id: 'refresh-failures',
    title: 'refresh recorded no Secret that it could not renew',
    run: async ({ cluster, release }) => {
      const { namespace } = await release()
      const found = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: statusConfigMap.name }, configMap)
      const text = found?.data[statusConfigMap.keys.report]
      if (text === undefined) throw missing('a run of refresh that has ended')
      const report = parseReport(refreshReport, text)
      if (report.state !== 'ok') {
        return failed(
          `a report in the ConfigMap ${statusConfigMap.name} that cannot be read: ${report.problem}`,
          'the report of refresh',
          `Does another program write it? Delete it with \`kubectl delete configmap -n ${namespace} ${statusConfigMap.name}\`, then run \`helm upgrade\`.`,
        )
      }
      const failures = report.value.counted?.failures ?? []
      const [first] = failures
      if (first === undefined) return ok(`at ${report.value.finishedAt}`)
      return failed(
        `${counted(failures.length, 'Secret')} that refresh could not renew; ${namespacedName(first)}, since ${first.since}: ${first.cause}`,
        'every Secret that is due renewed',
        `Fix what the message names. Then run it at once: kubectl create job -n ${namespace} --from=cronjob/ecr-anywhere-refresh refresh-now`,
      )
    },
  },
]
