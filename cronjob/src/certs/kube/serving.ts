import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { secretObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { certs } from '../certs.ts'
import { certificatesIn } from '../pair.ts'
import type { PhaseOptions } from '../plan.ts'
import { mintPair } from '../random/mint-pair.ts'
import { secretOf, stateOf } from '../stored.ts'
import type { Bundles } from './bundles.ts'

export interface ServingSecret {
  namespace: string
  name: string
  bundles: Bundles
}

/** Carries out one phase for a serving pair that `certs` manages. @returns what was done, in a few words @throws Fault `transient` */
export async function keepServingPair(
  kubernetes: Kubernetes,
  { namespace, name, bundles, dnsNames, ...phases }: ServingSecret & PhaseOptions & { dnsNames: readonly string[] },
): Promise<string> {
  const { phase, published } = await certs(
    {
      readState: async () => stateOf(await kubernetes.get({ apiVersion: 'v1', kind: 'Secret', namespace, name }, secretObject), dnsNames),
      write: content => kubernetes.apply(secretOf(content, { namespace, name }), fieldManagers.certs),
      ...bundles,
      mint: nowMs => mintPair(dnsNames, nowMs),
    },
    phases,
  )
  return `${phase.do} (${phase.why}); caBundle set on ${published} webhooks`
}

/** Publishes the CA of a serving pair that `certs` does not manage. @throws Fault `settings` if its Secret contains no unexpired CA */
export async function publishForeignCa(
  kubernetes: Kubernetes,
  { namespace, name, bundles, nowMs }: ServingSecret & { nowMs: number },
): Promise<string> {
  const secret = await kubernetes.get({ apiVersion: 'v1', kind: 'Secret', namespace, name }, secretObject)
  const bundle = certificatesIn(Buffer.from(secret?.data['ca.crt'] ?? '', 'base64').toString('utf8'), nowMs).join('')
  if (bundle === '') {
    throw new Fault('settings', {
      found: `no unexpired CA certificate in ca.crt of the Secret ${namespace}/${name}`,
      wanted: 'the CA that signed its tls.crt',
      todo: 'Add ca.crt to the Secret, or let the chart create the certificate (tls.mode: self).',
    })
  }
  return `caBundle set on ${await bundles.publish(bundle)} webhooks`
}
