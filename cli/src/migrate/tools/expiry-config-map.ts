import { enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import { type Input, type InputObject, titleOf } from '../input/input.ts'
import { emptyMove, type Move } from '../move.ts'
import { command } from '../shell.ts'

/**
 * The ConfigMap of argo-ecr-auth, which has the name of its Secret and contains its expiry and its registry. If something in the input uses
 * it, the refresher keeps it up to date (`expiryConfigMap: true`). If not, it is deleted, and a note says what keeps it.
 *
 * @param url the registry of the Secret
 */
export function expiryConfigMapMove({ namespace, name, url }: { namespace: string; name: string; url: string }, input: Input): Move {
  const readers = input.objects.filter(object => object.namespace === namespace && usesConfigMap(object, name))
  const item = { namespace, name, kind: 'argocd-repository', url, expiryConfigMap: true }
  if (readers.length === 0) {
    const remove = command('kubectl', 'delete', 'configmap', name, '-n', namespace, '--ignore-not-found')
    const kept = `Nothing that was read uses the ConfigMap ${namespace}/${name}. If a person or a program reads it, do not delete it, and add this item to the value \`secrets\`: ${JSON.stringify(item)}`
    return {
      ...emptyMove,
      steps: [{ phase: 'remove', command: remove, why: 'Nothing updates this ConfigMap any more. See the notes if something reads it.' }],
      notes: [kept],
    }
  }
  return {
    ...emptyMove,
    values: { secrets: [item] },
    steps: [
      {
        phase: 'prepare',
        command: command('kubectl', 'label', 'namespace', namespace, `${labels.namespace}=${enabledValue}`),
        why: 'The chart labels the Secrets of the value `secrets` when it is installed, which needs an enabled namespace.',
      },
    ],
    // A Job of the chart labels the Secret as soon as it is installed.
    installFirst: false,
    notes: [
      `${readers.map(titleOf).join(', ')} uses the ConfigMap ${namespace}/${name}. The refresher writes it from its next run on, because the item of \`secrets\` has \`expiryConfigMap: true\`. The key \`name\` of the Secret becomes ${name}.`,
    ],
  }
}

/** How volumes and variables refer to a ConfigMap. */
const references = ['configMap', 'configMapRef', 'configMapKeyRef']

/** Whether an object, of any kind, refers to a ConfigMap of its namespace. */
function usesConfigMap({ body }: InputObject, name: string): boolean {
  // A set, because with an alias of YAML a map may contain itself.
  const maps = new Set<object>([body])
  for (const map of maps) {
    for (const [key, inner] of Object.entries(map)) {
      if (typeof inner !== 'object' || inner === null) continue
      if (references.includes(key) && inner.name === name) return true
      maps.add(inner)
    }
  }
  return false
}
