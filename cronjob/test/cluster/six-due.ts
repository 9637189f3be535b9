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

/** Six due Secrets in a namespace, for tests of failures. */
export function sixDue({ bed, cluster: { kubeconfig, kubectl }, namespace }: { bed: Testbed; cluster: Cluster; namespace: string }) {
  return {
    /** Creates all Secrets again with an hour left, and restarts the webhook so that it has no tokens. */
    makeDue: async (): Promise<void> => {
      bed.emulator.heal()
      await bed.restartWebhook()
      await kubectl('delete', 'secrets,events', '--all', '-n', namespace)
      await must(kubectl('apply', '--server-side', '-f', '-', manifests(...names.map(name => managedSecret({ namespace, name })))))
      await ageSecrets({ kubeconfig }, { namespace, hours: 11 })
    },
    /** @returns the names of the renewed Secrets */
    renewed: async (): Promise<string[]> => {
      const { items } = JSON.parse(await must(kubectl('get', 'secrets', '-n', namespace, '-o', 'json')))
      const isRenewed = ({ metadata }: Item) => Date.parse(metadata.annotations[annotations.expiresAt] ?? '') > Date.now() + 11 * hourMs
      return items.filter(isRenewed).map(({ metadata }: Item) => metadata.name)
    },
  }
}
