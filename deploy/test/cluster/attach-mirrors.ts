import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { startOtherWebhook } from '@ecr-anywhere/scripts/testbed/other-webhook.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import type { Test } from 'tap'
import { type AttachBed, ecrImage, fromEcr, namespace, secretName } from './attach-bed.ts'

const mirrored = 'mirrored.example/team/app:1'
const fromMirror = { containers: [{ name: 'app', image: mirrored }] }

/** What happens if another webhook, which is called before or after ours, changes images to ones from ECR. */
export function provesMirrors(t: Test, { cluster: { kubectl }, mode, pullSecretsOf, withMirrors }: AttachBed): void {
  const isAttached = async () => (await pullSecretsOf({ spec: fromMirror })).includes(secretName)

  t.test(
    'an image that another webhook changes to one from ECR is considered with attach.mirrors, wherever that webhook is called',
    async t => {
      // The API server evaluates policies first, and calls webhooks in the order of their names. Ours is ecr-anywhere-attach-default.
      for (const [name, isSeenAnyway] of [
        ['aaa-rewrites', mode === 'webhook'],
        ['zzz-rewrites', false],
      ] as const) {
        await withMirrors(false, async () => true)
        const stop = await startRewriting(t, name)
        await until(`without attach.mirrors, ${name} ${isSeenAnyway ? 'is called before ours' : 'comes too late'}`, async () => {
          return (await isAttached()) === isSeenAnyway
        })
        t.strictSame(await pullSecretsOf({ spec: fromEcr }), [secretName])
        await withMirrors(true, isAttached)
        t.strictSame(
          await pullSecretsOf({ spec: { ...fromMirror, imagePullSecrets: [{ name: 'regcred' }] } }),
          ['regcred', secretName],
          name,
        )
        t.strictSame(await pullSecretsOf({ spec: fromEcr }), [secretName], 'once, although the pod is considered twice')
        t.strictSame(await pullSecretsOf({}), [])
        await stop()
        await until(`${name} is not called`, async () => !(await isAttached()))
      }
    },
  )

  /** @returns a function that removes the other webhook */
  async function startRewriting(t: Test, name: string): Promise<() => Promise<unknown>> {
    const { clientConfig, seen } = await startOtherWebhook(t, {
      change: ({ spec }) =>
        spec.containers[0].image === mirrored ? [{ op: 'replace', path: '/spec/containers/0/image', value: ecrImage }] : [],
    })
    const webhook = {
      name: `${name}.example.com`,
      clientConfig,
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
    }
    const kind = 'MutatingWebhookConfiguration'
    const configuration = { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name }, webhooks: [webhook] }
    const stop = () => kubectl('delete', '--ignore-not-found', kind, name)
    t.teardown(stop)
    await must(kubectl('create', '-f', '-', manifests(configuration)))
    await until(`${name} is called`, async () => {
      await pullSecretsOf({ spec: fromMirror })
      return seen.length > 0
    })
    return stop
  }
}
