import { configMap, objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { failed, ok } from '../../findings/finding.ts'
import type { Check } from '../check.ts'
import type { Facts } from '../facts/facts.ts'

const has = async ({ admission }: Facts, kind: string, start = '') =>
  (await admission()).expected.objects.some(object => object.kind === kind && object.metadata.name.startsWith(start))
const metadataOnly = { item: objectMeta, metadataOnly: true }

/** How the webhook knows that the API server calls it. */
export const attestationChecks: readonly Check[] = [
  {
    id: 'tickets',
    title: 'the Secret with the tickets exists',
    run: async facts => {
      const { release, cluster } = facts
      const { namespace } = await release()
      if (!(await has(facts, 'MutatingAdmissionPolicy', 'ecr-anywhere-tenant-'))) return ok('this release writes no tickets')
      const selector = { fieldSelector: 'metadata.name=ecr-anywhere-tickets' }
      const found = await cluster.list({ apiVersion: 'v1', kind: 'Secret', namespace }, metadataOnly, selector)
      if (found.length > 0) return ok(`ecr-anywhere-tickets in namespace ${namespace}`)
      return failed(
        `no Secret ecr-anywhere-tickets in namespace ${namespace}, so the API server refuses every managed Secret`,
        'the tickets by which the webhook knows the API server',
        `kubectl create job -n ${namespace} --from=cronjob/ecr-anywhere-certs certs-now`,
      )
    },
  },
  {
    id: 'front-proxy',
    title: 'the API server has a front-proxy CA',
    run: async facts => {
      if (!(await has(facts, 'APIService'))) return ok('this release does not need it')
      const key = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'extension-apiserver-authentication' }
      const found = await facts.cluster.get(key, configMap)
      if (found?.data['requestheader-client-ca-file']) return ok('in ConfigMap kube-system/extension-apiserver-authentication')
      return failed(
        `no requestheader-client-ca-file in the ConfigMap ${key.namespace}/${key.name}`,
        'an API server with the aggregation layer (--requestheader-client-ca-file)',
        'Switch it on, or set `attestation.mode` to policy (Kubernetes 1.36 or later) or mtls.',
      )
    },
  },
  {
    id: 'serving-certificate',
    title: 'the serving certificate is valid and renewed in time',
    run: async ({ statuses, release }) => {
      const { namespace } = await release()
      const all = await statuses()
      const renew = `kubectl create job -n ${namespace} --from=cronjob/ecr-anywhere-certs certs-now`
      const without = all.find(({ servingCertificate }) => servingCertificate == null)
      if (without !== undefined) return failed(`that the pod ${without.pod} serves no valid certificate`, 'one', renew)
      const left = Math.min(...all.map(({ servingCertificate }) => servingCertificate?.secondsLeft ?? 0))
      if (left > minLeftSeconds) return ok(`valid for ${Math.floor(left / daySeconds)} days`)
      return failed(
        `a serving certificate that expires in ${Math.floor(left / daySeconds)} days`,
        'renewal after two thirds of its 90 days',
        renew,
      )
    },
  },
]

const daySeconds = 86_400
/** `certs` renews 30 days before the end, and cert-manager by the same value of the chart. */
const minLeftSeconds = 25 * daySeconds

/** Late, because whoever chose this mode has pulls that work. */
export const callerChecks: readonly Check[] = [
  {
    id: 'attestation',
    title: 'the webhook answers only the API server',
    run: async ({ statuses }) => {
      const [first] = await statuses()
      const mode = first?.attestation ?? 'unknown'
      if (mode !== 'none') return ok(`mode ${mode}`)
      return failed(
        'a webhook that verifies no caller, so any pod that reaches it gets credentials',
        'attestation by policy, aggregated, mtls or networkPolicy',
        'Set `attestation.mode` in the values of the chart; `auto` chooses one.',
      )
    },
  },
]
