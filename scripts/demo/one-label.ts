import { labels } from '@ecr-anywhere/shared/names.ts'
import { imagePattern } from '@ecr-anywhere/shared/registry.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { manifests } from '../testbed/manifest.ts'
import { startProvision } from '../testbed/provision-process.ts'
import { must, ownRegistry, type Testbed } from '../testbed/testbed.ts'
import { until } from '../testbed/until.ts'
import { explain, showCommand, showOutput, step } from './show.ts'

/** The name of the image pull secret, which the webhook of the demo adds to pods. */
export const pullSecretName = 'ecr-anywhere-pull'
const namespace = 'shop'

/** Shows that one label is enough for pods that know nothing of ECR. @throws if a pod does not get the Secret */
export async function showOneLabel({ bed, cluster }: { bed: Testbed; cluster: ControlPlane }): Promise<void> {
  const kubectl = (...args: string[]) => must(cluster.kubectl(...args))
  await registerPods({ bed, cluster })
  const provisioner = await startProvision(cluster.kubeconfig, { secret: pullSecretName })
  try {
    step('One label, and a pod that knows nothing of ECR has its image pull secret')
    await bed.namespace(namespace)
    showCommand(`kubectl label namespace ${namespace} ${labels.namespace}=enabled`)
    await until(
      'the provisioner has created the Secret',
      async () => (await cluster.kubectl('get', 'secret', '-n', namespace, pullSecretName)).code === 0,
    )
    await until(
      'the namespace has its ServiceAccount',
      async () => (await cluster.kubectl('get', 'serviceaccount', '-n', namespace, 'default')).code === 0,
    )
    showCommand(`kubectl get secret -n ${namespace} ${pullSecretName}`)
    showOutput(await kubectl('get', 'secret', '-n', namespace, pullSecretName))
    showCommand(`kubectl run app -n ${namespace} --image=${ownRegistry}/team/app:1`)
    showOutput(await kubectl('run', 'app', '-n', namespace, `--image=${ownRegistry}/team/app:1`))
    const found = await kubectl('get', 'pod', 'app', '-n', namespace, '-o', 'jsonpath={.spec.imagePullSecrets[*].name}')
    if (found !== pullSecretName) throw new Error(`imagePullSecrets of the pod: found ${found}, wanted ${pullSecretName}`)
    explain(`The pod has imagePullSecrets: [{name: ${found}}].`)
  } finally {
    provisioner.kill('SIGTERM')
    await provisioner.ended
  }
}

/** Lets the API server ask the webhook about pods with an image from ECR, as the chart does where it cannot use a policy. */
async function registerPods({ bed, cluster }: { bed: Testbed; cluster: ControlPlane }): Promise<void> {
  const webhook = {
    name: 'attach.default.ecr-anywhere.centml.ai',
    clientConfig: { url: `${bed.webhook().url}/attach/default`, caBundle: await bed.caBundle() },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' }],
    namespaceSelector: { matchLabels: { [labels.namespace]: 'enabled' } },
    matchConditions: [{ name: 'image-from-ecr', expression: `object.spec.containers.exists(one, one.image.matches(r'${imagePattern}'))` }],
    failurePolicy: 'Ignore',
    timeoutSeconds: 1,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  }
  const kind = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' }
  const object = { ...kind, metadata: { name: 'demo-attach' }, webhooks: [webhook] }
  await must(cluster.kubectl('apply', '-f', '-', manifests(object)))
}
