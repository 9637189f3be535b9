import { Fault } from './fault.ts'
import type { AppliedObject } from './kube/kubernetes.ts'
import type { ObjectMeta } from './kube/objects.ts'
import { dnsSubdomain } from './name-patterns.ts'
import { annotations, labels } from './names.ts'

/** The image pull secret that a namespace asks for: its name, or why there cannot be one. */
export type WantedPullSecret = { name: string } | { problem: Fault }

/**
 * Decides which image pull secret is created in a namespace: the one that its annotation names, or else the default of the release. The
 * namespace needs the label `namespace`. Whether its value is a tenant is left to the API server, which knows the installed tenants.
 *
 * @param defaultName undefined if only namespaces with the annotation get a Secret
 * @returns undefined if it asks for none, or is being deleted
 */
export function wantedPullSecret(
  { labels: given, annotations: notes, isBeingDeleted }: Pick<ObjectMeta, 'labels' | 'annotations' | 'isBeingDeleted'>,
  defaultName: string | undefined,
): WantedPullSecret | undefined {
  if (isBeingDeleted || given[labels.namespace] === undefined) return undefined
  const name = notes[annotations.pullSecret] ?? defaultName
  if (name === undefined) return undefined
  return dnsSubdomain.test(name) ? { name } : { problem: invalidName(name) }
}

/** The Secret without data, which the webhook fills while it is created. */
export function pullSecret(namespace: string, name: string): AppliedObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name, labels: { [labels.managed]: 'true' } },
    type: 'kubernetes.io/dockerconfigjson',
  }
}

function invalidName(name: string): Fault {
  const shown = name.length > 80 ? `${name.slice(0, 80)}…` : name
  return new Fault('input', {
    found: `the annotation ${annotations.pullSecret}=${JSON.stringify(shown)} on the namespace`,
    wanted: 'the name of a Secret: parts of lower-case letters, digits and -, separated by single dots, at most 253 characters',
    todo: 'Correct the annotation, or remove it.',
  })
}
