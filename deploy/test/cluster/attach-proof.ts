import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { Test } from 'tap'
import { type AttachBed, fromEcr, namespace, plainNamespace, pod, secretName } from './attach-bed.ts'
import { attachedCases, unchangedCases } from './attach-cases.ts'

/** What holds in both modes. */
export function provesAttach(t: Test, bed: AttachBed): void {
  const { kubectl } = bed.cluster
  const { pullSecretsOf } = bed

  t.before(async () => {
    await must(kubectl('label', 'namespace', 'kube-system', releaseNamespace, `${labels.namespace}=enabled`))
    await must(kubectl('create', 'namespace', 'attach-out'))
    await must(kubectl('label', 'namespace', 'attach-out', `${labels.namespace}=enabled`, `${labels.attach}=false`))
    await until('the new namespace has its service account', async () => {
      return (await kubectl('get', 'serviceaccount', 'default', '-n', 'attach-out')).code === 0
    })
  })

  t.test('each pod with an image from ECR gets the Secret', async t => {
    for (const [about, parts, pullSecrets = [secretName]] of attachedCases) t.strictSame(await pullSecretsOf(parts), pullSecrets, about)
  })

  t.test('no other pod is changed', async t => {
    for (const [about, parts, pullSecrets = []] of unchangedCases) t.strictSame(await pullSecretsOf(parts), pullSecrets, about)
  })

  t.test('the image pull secrets of the ServiceAccount stay in force, and come first', async t => {
    for (const [name, imagePullSecrets, expected] of [
      ['own', ['own-a', 'own-b'], ['own-a', 'own-b', secretName]],
      ['ours', [secretName, 'own-a'], [secretName, 'own-a']],
    ] as const) {
      const account = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { namespace, name },
        imagePullSecrets: imagePullSecrets.map(named),
      }
      await must(kubectl('create', '-f', '-', manifests(account)))
      t.strictSame(await pullSecretsOf({ spec: { ...fromEcr, serviceAccountName: name } }), expected)
      t.strictSame(await pullSecretsOf({ spec: { serviceAccountName: name } }), imagePullSecrets, 'without an image from ECR')
      // As Kubernetes does it: a pod with a list of its own does not get that of its ServiceAccount.
      const spec = { ...fromEcr, serviceAccountName: name, imagePullSecrets: [named('regcred')] }
      t.strictSame(await pullSecretsOf({ spec }), ['regcred', secretName])
    }
  })

  t.test('a mirror pod is created without the Secret, with which the API server would refuse it', async t => {
    const metadata = { annotations: { 'kubernetes.io/config.mirror': 'hash' } }
    const spec = { ...fromEcr, nodeName: 'node-a', automountServiceAccountToken: false }
    t.strictSame(await pullSecretsOf({ metadata, spec }), [])
    await t.rejects(pullSecretsOf({ metadata, spec: { ...spec, imagePullSecrets: [named(secretName)] } }), /mirror pod/)
  })

  t.test('what is done with a pod later has the same result as without us', async t => {
    const own = { name: 'later', labels: { app: 'later' } }
    const manifest = (where: string) => pod({ metadata: { ...own, namespace: where }, spec: fromEcr })
    const debug = { name: 'debug', image: 'busybox', targetContainerName: 'app' }
    const actions: Record<string, (where: string) => Promise<{ code: number | null; stderr: string }>> = {
      'apply again': where => kubectl('apply', '-f', '-', manifests(manifest(where))),
      'apply again on the server': where => kubectl('apply', '--server-side', '--force-conflicts', '-f', '-', manifests(manifest(where))),
      'diff on the server': where => kubectl('diff', '--server-side', '--force-conflicts', '-f', '-', manifests(manifest(where))),
      'set image': where => kubectl('set', 'image', '-n', where, 'pod/later', 'app=nginx:2'),
      label: where => kubectl('label', '-n', where, 'pod/later', 'a=b'),
      'an ephemeral container': where =>
        kubectl(
          'patch',
          '-n',
          where,
          'pod/later',
          '--subresource=ephemeralcontainers',
          '-p',
          JSON.stringify({ spec: { ephemeralContainers: [debug] } }),
        ),
      'replace with what is stored': async where => {
        const stored = await must(kubectl('get', '-n', where, 'pod/later', '-o', 'json'))
        return kubectl('replace', '-f', '-', { input: stored })
      },
      'replace with the manifest': where => kubectl('replace', '-f', '-', manifests(manifest(where))),
      'set the image back': where => kubectl('set', 'image', '-n', where, 'pod/later', `app=${fromEcr.containers[0]?.image}`),
      'a status': where => kubectl('patch', '-n', where, 'pod/later', '--subresource=status', '-p', '{"status":{"reason":"a"}}'),
      'replace with --force': where => kubectl('replace', '--force', '-f', '-', manifests(manifest(where))),
    }
    for (const where of [namespace, plainNamespace]) await must(kubectl('apply', '-f', '-', manifests(manifest(where))))
    const stored = async (where: string) => JSON.parse(await must(kubectl('get', '-n', where, 'pod/later', '-o', 'json'))).spec
    for (const [about, act] of Object.entries(actions)) {
      const [ours, without] = [await act(namespace), await act(plainNamespace)]
      t.equal(ours.code, without.code, `${about}: ${ours.stderr} ${without.stderr}`)
      const specs = { ours: await stored(namespace), without: await stored(plainNamespace) }
      t.strictSame(specs.ours.imagePullSecrets, [named(secretName)], about)
      t.strictSame(specs.without.imagePullSecrets, undefined)
      for (const field of ['containers', 'ephemeralContainers'])
        t.strictSame(imagesOf(specs.ours[field]), imagesOf(specs.without[field]), about)
    }
  })

  t.test('a pod template is not changed, so GitOps sees no drift, and its pods get the Secret', async t => {
    const labelled = { labels: { app: 'web' } }
    const template = { metadata: labelled, spec: fromEcr }
    const spec = { replicas: 1, selector: { matchLabels: labelled.labels }, template }
    const web = manifests({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: 'web' }, spec })
    await must(kubectl('apply', '--server-side', '-f', '-', web))
    const podOf = async () => JSON.parse(await must(kubectl('get', 'pods', '-n', namespace, '-l', 'app=web', '-o', 'json'))).items[0]
    const made = await until('the Deployment has a pod', podOf)
    t.strictSame(made.spec.imagePullSecrets, [named(secretName)])
    const { code, stdout, stderr } = await kubectl('diff', '--server-side', '-f', '-', web)
    t.equal(code, 0, stdout + stderr)
    const stored = JSON.parse(await must(kubectl('get', 'deployment', '-n', namespace, 'web', '-o', 'json')))
    t.notOk('imagePullSecrets' in stored.spec.template.spec)
  })
}

function named(name: string) {
  return { name }
}

function imagesOf(containers: { image: string }[] = []): string[] {
  return containers.map(({ image }) => image)
}
