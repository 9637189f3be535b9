import { failed, ok } from '../../findings/finding.ts'
import type { Check } from '../check.ts'
import { networkPolicies, passes, policiesFor } from '../facts/network-policies.ts'
import { portOf } from '../facts/workload.ts'
import { named } from '../named.ts'

export const networkChecks: readonly Check[] = [
  {
    id: 'network-ingress',
    title: 'no NetworkPolicy cuts the API server off from the webhook',
    run: async ({ cluster, release, workload }) => {
      const { namespace } = await release()
      const { pods } = await workload()
      const [pod] = pods
      const policies = policiesFor(await networkPolicies(cluster, namespace), pod?.metadata.labels ?? {}, 'Ingress')
      if (policies.length === 0) return ok('no NetworkPolicy for ingress selects its pods')
      const port = (pod && portOf(pod, 'https')) ?? 10250
      if (passes(policies, 'ingress', [port, 'https']))
        return ok(`${named(policies.map(({ metadata }) => metadata.name))} let port ${port} through`)
      return failed(
        `that the NetworkPolicy ${named(policies.map(({ metadata }) => metadata.name))} lets nobody connect to port ${port} of the webhook`,
        `a rule for port ${port}, whose peers include the API server`,
        `Set \`networkPolicy.enabled=true\` in the values of the chart, which adds such a rule, or change the policy in namespace ${namespace}.`,
      )
    },
  },
  {
    id: 'network-egress',
    title: 'no NetworkPolicy cuts the webhook off from AWS',
    run: async ({ cluster, release, workload }) => {
      const { namespace } = await release()
      const { pods } = await workload()
      const policies = policiesFor(await networkPolicies(cluster, namespace), pods[0]?.metadata.labels ?? {}, 'Egress')
      if (policies.length === 0) return ok('no NetworkPolicy for egress selects its pods')
      if (passes(policies, 'egress', undefined))
        return ok(`${named(policies.map(({ metadata }) => metadata.name))} have rules for more than DNS`)
      return failed(
        `that the NetworkPolicy ${named(policies.map(({ metadata }) => metadata.name))} lets the webhook connect to nobody, or to DNS only`,
        'a rule for port 443, or for the proxy',
        `Set \`networkPolicy.egress.enabled=true\` in the values of the chart, which adds such a rule, or change the policy in namespace ${namespace}.`,
      )
    },
  },
]
