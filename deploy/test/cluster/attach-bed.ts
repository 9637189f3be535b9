import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { type AttestedTestbed, startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must, ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import type { Test } from 'tap'

export type AttachMode = 'policy' | 'webhook'

export const secretName = 'ecr-anywhere-pull'
export const ecrImage = `${ownRegistry}/team/app:1`
/** A namespace that is enabled, and one that is not. */
export const namespace = 'ready-enabled'
export const plainNamespace = 'attach-plain'

export interface PodParts {
  namespace?: string
  metadata?: object
  spec?: object
}

export interface AttachBed extends AttestedTestbed {
  mode: AttachMode
  /** Creates a Pod, by default in a dry run. @returns the names of its image pull secrets @throws if it is refused */
  pullSecretsOf: (parts: PodParts, stored?: 'stored') => Promise<string[]>
  /** Installs the rules of pods again with `attach.mirrors`, and waits until they are in force. */
  withMirrors: (isMirrored: boolean, isInForce: () => Promise<boolean>) => Promise<void>
}

/** The product with one of the modes of `attach`, on a control plane of its own. */
export async function startAttach(t: Test, mode: AttachMode): Promise<AttachBed> {
  const values = { attach: { mode }, provision: { secretName } }
  const bed = await startAttested(t, { values, env: mode === 'webhook' ? { ATTACH_SECRET: secretName } : {} })
  const { kubectl, kubeconfig } = bed.cluster
  const admin = await apiUser(kubeconfig)
  t.teardown(admin.close)
  await must(kubectl('create', 'namespace', plainNamespace))

  async function pullSecretsOf({ namespace: where = namespace, metadata = {}, spec = {} }: PodParts, stored?: 'stored') {
    const path = `/api/v1/namespaces/${where}/pods${stored === undefined ? '?dryRun=All' : ''}`
    const { status, body } = await admin.request({ method: 'POST', path, body: JSON.stringify(pod({ metadata, spec })) })
    // biome-ignore lint/suspicious/noExplicitAny: a Pod, or a Status
    const answer = body as any
    if (status !== 201) throw new Error(`${status} ${answer.message}`)
    return (answer.spec.imagePullSecrets ?? []).map(({ name }: { name: string }) => name) as string[]
  }

  await until('the controllers have created the service accounts', async () => {
    const found = [namespace, plainNamespace, releaseNamespace].map(one => kubectl('get', 'serviceaccount', 'default', '-n', one))
    return (await Promise.all(found)).every(({ code }) => code === 0)
  })
  await until(`the ${mode} for pods is in force`, async () => (await pullSecretsOf({ spec: fromEcr })).length > 0)
  return {
    ...bed,
    mode,
    pullSecretsOf,
    withMirrors: async (mirrors, isInForce) => {
      await bed.reinstall(/^ecr-anywhere-attach/, { attach: { mirrors } })
      await until('the changed rules are in force', isInForce)
    },
  }
}

export const fromEcr = { containers: [{ name: 'app', image: ecrImage }] }

/** A Pod as a user writes it. By default its image is not from ECR. */
export function pod({ metadata, spec }: Omit<PodParts, 'namespace'>) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app', ...metadata },
    spec: { containers: [{ name: 'app', image: 'nginx' }], ...spec },
  }
}
