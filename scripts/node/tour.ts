import { explain, showCommand, showOutput, step } from '../demo/show.ts'
import { eventually } from '../e2e/eventually.ts'
import { pod } from '../e2e/objects.ts'
import { type Product, releaseName, releaseNamespace, valuesFor } from '../e2e/product.ts'
import { managedSecret } from '../testbed/manifest.ts'
import { must, ownRegistry } from '../testbed/testbed.ts'

/** The namespace of the pod and its Secret. */
export const apps = 'apps'
const image = `${ownRegistry}/team/app:1`

/** Installs the product on a node, creates a Secret and a pod with a private image, and prints the commands for these steps. */
export async function tour({ node, registry, install, kubectl, apply }: Product): Promise<void> {
  step('The chart is installed')
  showCommand(`helm install ${releaseName} deploy/chart --namespace ${releaseNamespace} --wait …`)
  showOutput(await must(install(valuesFor({ registry }))), 6)

  step('A namespace gets the label, and a Secret is created without data')
  showCommand(`kubectl label namespace ${apps} ecr-anywhere.centml.ai/namespace=enabled`)
  await kubectl('create', 'namespace', apps)
  await kubectl('label', 'namespace', apps, 'ecr-anywhere.centml.ai/namespace=enabled')
  await must(apply(managedSecret({ namespace: apps, name: 'ecr-pull' })))
  const note = (name: string) => `{.metadata.annotations.ecr-anywhere\\.centml\\.ai/${name}}`
  const shown = `jsonpath=${note('injected_registries')} until ${note('expires_at')}`
  explain(`The Secret has credentials for ${await kubectl('get', 'secret', 'ecr-pull', '-n', apps, '-o', shown)}.`)

  step('A pod pulls its private image with this Secret')
  await registry.push(`${node.dir}/images/busybox.tar`, image)
  await must(apply(pod({ namespace: apps, name: 'app' }, { image, command: ['sleep', 'infinity'], secret: 'ecr-pull' })))
  const phase = () => kubectl('get', 'pod', 'app', '-n', apps, '-o', 'jsonpath={.status.phase}')
  await eventually('the pod runs', async () => (await phase()) === 'Running', phase)
  showCommand(`kubectl get pod app -n ${apps}`)
  showOutput(await kubectl('get', 'pod', 'app', '-n', apps))
}
