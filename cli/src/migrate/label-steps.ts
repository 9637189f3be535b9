import { annotations, defaultTenant, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import type { OwnedSecret, Step } from './move.ts'
import { command } from './shell.ts'

/** A label or an annotation that has to be set. */
export interface Mark {
  object: string
  set: Readonly<Record<string, string>>
}

/** All labels and annotations that the move sets, for a report. */
export function marksOf(secrets: readonly OwnedSecret[]): Mark[] {
  return [
    ...namespacesOf(secrets).map(([namespace, value]) => ({ object: `Namespace ${namespace}`, set: { [labels.namespace]: value } })),
    ...secrets.map(({ namespace, name, registries }) => ({
      object: `Secret ${namespace}/${name}`,
      set: { ...(registries !== undefined && { [annotations.registries]: registries.join() }), [labels.managed]: 'true' },
    })),
  ]
}

/**
 * The commands that hand the Secrets over. The registries come before the label, because the webhook injects when the label is set. No
 * command overwrites a value that is already set, so that a namespace does not change its tenant unnoticed.
 */
export function labelSteps(secrets: readonly OwnedSecret[]): Step[] {
  const enabled = namespacesOf(secrets).map(([namespace, value]) =>
    label(
      command('kubectl', 'label', 'namespace', namespace, `${labels.namespace}=${value}`),
      'The webhook is called for the labelled Secrets of this namespace.',
    ),
  )
  return [...enabled, ...secrets.flatMap(secretSteps)]
}

/**
 * `kubectl apply` and `oc apply` keep a copy of the whole object in it:
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-last-applied-configuration
 */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

function secretSteps({ namespace, name, registries, dropLabels = [], dropAnnotations = [] }: OwnedSecret): Step[] {
  const on = (verb: string, ...changes: string[]) => command('kubectl', verb, 'secret', name, '-n', namespace, ...changes)
  const annotate = [
    ...(registries === undefined ? [] : [`${annotations.registries}=${registries.join()}`]),
    ...dropAnnotations.map(key => `${key}-`),
  ]
  const why = [
    ...(registries === undefined ? [] : ['These are the registries that the Secret is for.']),
    ...(dropAnnotations.length === 0 ? [] : ['An annotation of the old tool is removed.']),
    ...(dropAnnotations.includes(lastApplied) ? ['It holds a copy of the old credentials.'] : []),
  ]
  return [
    ...(annotate.length === 0 ? [] : [label(on('annotate', ...annotate), why.join(' '))]),
    label(
      on('label', `${labels.managed}=true`, ...dropLabels.map(key => `${key}-`)),
      'The webhook writes fresh credentials in this very request. If AWS refuses them, the command fails and the Secret stays as it was.',
    ),
  ]
}

/** The commands that check that the webhook has written the credentials. */
export function verifySteps(secrets: readonly OwnedSecret[]): Step[] {
  const path = `{.metadata.annotations.${annotations.injectedRegistries.replaceAll('.', '\\.')}}`
  return secrets.map(({ namespace, name, registries }) => {
    const condition = `--for=jsonpath=${path}${registries === undefined ? '' : `=${registries.join()}`}`
    const text = command('kubectl', 'wait', 'secret', name, '-n', namespace, condition, '--timeout=30s')
    return { phase: 'verify', command: text, why: 'The Secret has credentials of ECR Anywhere.' }
  })
}

function namespacesOf(secrets: readonly OwnedSecret[]): [namespace: string, value: string][] {
  const values = secrets.map(({ namespace, tenant = defaultTenant }): [string, string] => [
    namespace,
    tenant === defaultTenant ? enabledValue : tenant,
  ])
  return [...new Map(values)]
}

function label(text: string, why: string): Step {
  return { phase: 'label', command: text, why }
}
