import { isCalledThroughApiServer, webhookConfiguration } from '@ecr-anywhere/shared/kube/objects.ts'
import { apiServiceName } from '@ecr-anywhere/shared/names.ts'
import { type Finding, failed, ok } from '../../findings/finding.ts'
import { variableOf } from '../../release/cron-jobs.ts'
import type { Check } from '../check.ts'
import { mayAccount, type Right, rightText } from '../facts/access.ts'
import type { Facts } from '../facts/facts.ts'
import { counted, named } from '../named.ts'

const core = (verb: string, resource: string, more: Partial<Right> = {}): Right => ({ verb, group: '', resource, ...more })
const admission = 'admissionregistration.k8s.io'

/** The rights that the chart gives to each account of the release. */
export const rightsChecks: readonly Check[] = [
  {
    id: 'rights-refresh',
    title: 'the account of refresh has its rights',
    run: async facts => {
      const { cronJobs, namespace } = await facts.release()
      const refresh = cronJobs.find(({ metadata }) => metadata.name === 'ecr-anywhere-refresh')
      const scope = refresh === undefined ? undefined : variableOf(refresh, 'NAMESPACES')?.split(',')
      const report = core('patch', 'configmaps', { namespace, name: 'ecr-anywhere-status' })
      const ofNamespace = (where: string | undefined) => [
        core('list', 'secrets', { namespace: where }),
        core('patch', 'secrets', { namespace: where }),
        core('create', 'events', { namespace: where }),
      ]
      const rights =
        scope === undefined ? [core('list', 'namespaces'), ...ofNamespace(undefined)] : scope.flatMap(where => ofNamespace(where.trim()))
      return judged(facts, 'ecr-anywhere-refresh', [...rights, report])
    },
  },
  {
    id: 'rights-certs',
    title: 'the account of certs has its rights',
    run: async facts => {
      const { cronJobs, namespace } = await facts.release()
      if (!cronJobs.some(({ metadata }) => metadata.name === 'ecr-anywhere-certs')) return ok('this release does not need certs')
      const { expected, compared } = await facts.admission()
      if (expected.caBundleFrom === 'cert-manager') return ok('cert-manager publishes the caBundle')
      const configurations = compared
        .filter(({ expected: object }) => object.kind === 'MutatingWebhookConfiguration')
        .map(({ expected: object }) => webhookConfiguration.parse(object))
      const direct = configurations.filter(({ webhooks }) => !webhooks.every(({ clientConfig }) => isCalledThroughApiServer(clientConfig)))
      const publish = direct.map(
        ({ metadata: { name } }): Right => ({ verb: 'patch', group: admission, resource: 'mutatingwebhookconfigurations', name }),
      )
      const isAggregated = expected.objects.some(({ kind }) => kind === 'APIService')
      const apiService: Right = { verb: 'patch', group: 'apiregistration.k8s.io', resource: 'apiservices', name: apiServiceName }
      const tls = ['get', 'patch'].map(verb => core(verb, 'secrets', { namespace, name: 'ecr-anywhere-tls' }))
      return judged(facts, 'ecr-anywhere-certs', [...tls, ...publish, ...(isAggregated ? [apiService] : [])])
    },
  },
  {
    id: 'rights-check',
    title: 'the account of check has its rights',
    run: async facts => {
      const { namespace } = await facts.release()
      const policies = (await facts.admission()).expected.objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
      const read = policies.map(
        ({ metadata: { name } }): Right => ({ verb: 'get', group: admission, resource: 'validatingadmissionpolicies', name }),
      )
      return judged(facts, 'ecr-anywhere-check', [core('patch', 'secrets', { namespace, name: 'ecr-anywhere-probe' }), ...read])
    },
  },
  {
    id: 'rights-webhook',
    title: 'the account of the webhook has the one right that it may need',
    run: async facts => {
      const { expected } = await facts.admission()
      if (!expected.objects.some(({ kind }) => kind === 'APIService')) return ok('it needs none')
      const right = core('get', 'configmaps', { namespace: 'kube-system', name: 'extension-apiserver-authentication' })
      return judged(facts, (await facts.workload()).deployment?.spec.template.spec.serviceAccountName ?? 'ecr-anywhere-webhook', [right])
    },
  },
]

async function judged({ cluster, release }: Facts, account: string, rights: readonly Right[]): Promise<Finding> {
  const { namespace } = await release()
  const answers = await Promise.all(rights.map(right => mayAccount(cluster, { namespace, account, right })))
  const lacking = rights.filter((_, at) => !answers[at])
  if (lacking.length === 0) return ok(counted(rights.length, 'right'))
  return failed(
    `that the account ${namespace}/${account} may not ${named(lacking.map(rightText))}`,
    'the roles and bindings of the chart',
    'Run `helm upgrade`, which restores them.',
  )
}
