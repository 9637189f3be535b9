import { bundleProblems } from '@ecr-anywhere/cronjob/check/compare.ts'
import { type Finding, ok } from '../../findings/finding.ts'
import type { Check } from '../check.ts'
import type { Facts } from '../facts/facts.ts'
import { counted } from '../named.ts'
import { asFinding } from '../problem-parts.ts'

/** The objects of the release that the API server consults, compared with those that the chart installed, by the rules of `check`. */
export const admissionChecks: readonly Check[] = [
  compared('webhook-configurations', 'the webhook configurations are those of the release', ['MutatingWebhookConfiguration']),
  {
    id: 'ca-bundle',
    title: 'the caBundle is published, and the same everywhere',
    run: async ({ admission }) => {
      const { compared, expected } = await admission()
      const live = compared.map(one => one.live).filter(object => object !== undefined)
      const [first] = bundleProblems(live, expected.caBundleFrom)
      return first === undefined ? ok('on each webhook and APIService that needs it') : asFinding(first.why)
    },
  },
  compared('api-service', 'the APIService is that of the release', ['APIService']),
  compared('ticket-policies', 'the policies that write tickets are those of the release', [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
  ]),
  compared('policies', 'the policies that deny are those of the release', ['ValidatingAdmissionPolicy']),
  compared('policy-bindings', 'the policies that deny are bound', ['ValidatingAdmissionPolicyBinding']),
  {
    id: 'served-certificate',
    title: 'the API server trusts the certificate that the webhook serves',
    run: async ({ probes }) => {
      const found = await probes()
      const untrusted = found.find(({ notCalled }) => notCalled.includes('x509'))
      if (untrusted?.problem !== undefined) return asFinding(untrusted.problem)
      return ok('no error of a certificate in the dry runs')
    },
  },
  {
    id: 'api-service-available',
    title: 'the APIService is available',
    run: async ({ admission }) => {
      const { unavailable, compared } = await admission()
      if (unavailable !== undefined) return asFinding(unavailable)
      return ok(compared.some(({ expected }) => expected.kind === 'APIService') ? 'on every API server' : 'this release needs none')
    },
  },
]

function compared(id: string, title: string, kinds: readonly string[]): Check {
  return { id, title, run: facts => comparedFinding(facts, kinds) }
}

async function comparedFinding({ admission }: Facts, kinds: readonly string[]): Promise<Finding> {
  const own = (await admission()).compared.filter(({ expected }) => kinds.includes(expected.kind))
  if (own.length === 0) return ok('this release needs none')
  const [first, ...others] = own.flatMap(({ problem }) => problem ?? [])
  if (first === undefined) return ok(counted(own.length, 'object'))
  return asFinding(first, others.length === 0 ? '' : ` (and ${others.length} more of this kind)`)
}
