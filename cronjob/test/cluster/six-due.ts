import { ageSecrets } from '@ecr-anywhere/scripts/testbed/aged-secrets.ts'
import type { Cluster } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must, type Testbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'

export const names = ['a', 'b', 'c', 'd', 'e', 'f']

const hourMs = 3_600_000

interface Item {
  metadata: { name: string; annotations: Record<string, string> }
}

/** Six Secrets in a namespace, for tests in which something goes wrong with them. */
export function sixDue({ bed, cluster: { kubeconfig, kubectl }, namespace }: { bed: Testbed; cluster: Cluster; namespace: string }) {
  return {
    /** All are there anew with an hour left, before a webhook with no past but that. */
    makeDue: async (): Promise<void> => {
      bed.emulator.heal()
      await bed.restartWebhook()
      await kubectl('delete', 'secrets,events', '--all', '-n', namespace)
      await must(kubectl('apply', '--server-side', '-f', '-', manifests(...names.map(name => managedSecret({ namespace, name })))))
      await ageSecrets({ kubeconfig }, { namespace, hours: 11 })
    },
    /** Which of them have been renewed. */
    renewed: async (): Promise<string[]> => {
      const { items } = JSON.parse(await must(kubectl('get', 'secrets', '-n', namespace, '-o', 'json')))
      const isRenewed = ({ metadata }: Item) => Date.parse(metadata.annotations[annotations.expiresAt] ?? '') > Date.now() + 11 * hourMs
      return items.filter(isRenewed).map(({ metadata }: Item) => metadata.name)
    },
  }
}
