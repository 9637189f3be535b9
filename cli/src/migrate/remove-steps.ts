import { type Input, type InputObject, ofKind } from './input/input.ts'
import type { Workload } from './input/workload.ts'
import type { Step } from './move.ts'
import { command } from './shell.ts'

/** Kinds that belong to the installation of a tool. Namespaces, Secrets and ConfigMaps are left, because others may use them. */
const removed = ['RoleBinding', 'Role', 'ClusterRoleBinding', 'ClusterRole', 'Service', 'ServiceAccount']

/**
 * The commands that remove the old tool: `helm uninstall` if Helm installed it, or else a command for each object.
 * https://helm.sh/docs/helm/helm_uninstall/
 */
export function removeSteps(workloads: readonly Workload[], input: Input): Step[] {
  const objects = workloads.map(({ object }) => object)
  const releases = new Set(objects.map(releaseOf).filter(release => release !== undefined))
  const plain = objects.filter(object => releaseOf(object) === undefined)
  const companions =
    plain.length === 0 || input.isCluster ? [] : ofKind(input, ...removed).filter(object => releaseOf(object) === undefined)
  return [
    ...[...releases].map(release =>
      remove(
        release,
        'Helm removes what it installed. The Secrets stay, because the tool made them itself. If `helm get manifest` shows other programs in the release, disable the tool in its values instead.',
      ),
    ),
    ...[...plain, ...companions].map(object =>
      remove(deleteCommand(object), objects.includes(object) ? 'The old tool is no longer needed.' : 'It came with the old tool.'),
    ),
  ]
}

/**
 * The release that an object belongs to. Helm writes annotations that name it. `helm get manifest` prints the objects without them, but with
 * the labels that are usual in charts: https://helm.sh/docs/chart_best_practices/labels/
 */
export function releaseOf({ annotations, labels, namespace: own }: InputObject): string | undefined {
  const isHelm = labels['app.kubernetes.io/managed-by'] === 'Helm'
  const name = annotations['meta.helm.sh/release-name'] ?? (isHelm ? labels['app.kubernetes.io/instance'] : undefined)
  const namespace = annotations['meta.helm.sh/release-namespace'] ?? own
  return name === undefined || namespace === '' ? undefined : command('helm', 'uninstall', name, '-n', namespace)
}

export function deleteCommand({ kind, namespace, name }: Pick<InputObject, 'kind' | 'namespace' | 'name'>): string {
  return command('kubectl', 'delete', kind.toLowerCase(), name, ...(namespace === '' ? [] : ['-n', namespace]))
}

function remove(text: string, why: string): Step {
  return { phase: 'remove', command: text, why }
}
