import type { Problem } from '../problem.ts'
import type { Input } from './input.ts'
import type { Container, Workload } from './workload.ts'

/** Where the value of a variable is. */
export type Variable =
  | { in: 'text'; value: string }
  /** In a Secret, whose content is never read. */
  | { in: 'Secret'; name: string; key: string }
  /** In something that was not given, such as a ConfigMap. */
  | { in: 'elsewhere'; place: string }

/** The variables of a container. */
export interface Environment {
  /** For messages, such as `CronJob default/renew`. */
  title: string
  /** The namespace of the Secrets that are named. */
  namespace: string
  variables: ReadonlyMap<string, Variable>
  /** Secrets and ConfigMaps of which every key is a variable, and that were not given. */
  unread: readonly string[]
}

/** The variables of a container. Those of ConfigMaps are found if the input has the ConfigMap. */
export function environmentOf({ env, envFrom }: Container, { title, object: { namespace } }: Workload, input: Input): Environment {
  const configMap = (name: string) => dataOf(input, namespace, name)
  const sources = (envFrom ?? []).map(({ secretRef, configMapRef }) => ({ secret: secretRef?.name, configMap: configMapRef?.name }))
  const all = sources.flatMap(source => Object.entries(configMap(source.configMap ?? '') ?? {}))
  const own = (env ?? []).map(({ name, value, valueFrom }): [string, Variable] => {
    const { secretKeyRef: secret, configMapKeyRef: map } = valueFrom ?? {}
    if (secret) return [name, { in: 'Secret', ...secret }]
    if (!valueFrom) return [name, { in: 'text', value: value ?? '' }]
    const text = map ? configMap(map.name)?.[map.key] : undefined
    if (text !== undefined) return [name, { in: 'text', value: text }]
    return [name, { in: 'elsewhere', place: map ? `key ${map.key} of ConfigMap ${namespace}/${map.name}` : 'a field of the pod' }]
  })
  return {
    title,
    namespace,
    variables: new Map([...all.map(([name, value]): [string, Variable] => [name, { in: 'text', value }]), ...own]),
    unread: sources.flatMap(({ secret, configMap: map }) => [
      ...(secret === undefined ? [] : [`Secret ${namespace}/${secret}`]),
      ...(map === undefined || configMap(map) !== undefined ? [] : [`ConfigMap ${namespace}/${map}`]),
    ]),
  }
}

/** The variables of a file of lines `NAME=value`. */
export function environmentOfFile({ variables }: Input, namespace: string): Environment {
  const all = Object.entries(variables).map(([name, value]): [string, Variable] => [name, { in: 'text', value }])
  return { title: 'the environment', namespace, variables: new Map(all), unread: [] }
}

/** A variable's value, or why there is none. */
export interface Reading {
  value?: string
  problems: readonly Problem[]
}

/** @param wanted what the variable means, for the message if the value is in a Secret or was not given */
export function readVariable({ title, namespace, variables, unread }: Environment, name: string, wanted: string): Reading {
  const variable = variables.get(name)
  const what = `${title}: ${name}`
  if (variable === undefined) {
    if (unread.length === 0) return { problems: [] }
    return { problems: [{ what, found: `nothing; it may be in ${unread.join(' or ')}, whose content is not read`, wanted }] }
  }
  if (variable.in === 'text') return { ...(variable.value !== '' && { value: variable.value }), problems: [] }
  if (variable.in === 'elsewhere') return { problems: [{ what, found: variable.place, wanted: `${wanted}. Add the object to the input` }] }
  const place = `key ${variable.key} of Secret ${namespace}/${variable.name}, whose content is not read`
  return { problems: [{ what, found: place, wanted }] }
}

function dataOf({ objects }: Input, namespace: string, name: string): Record<string, string> | undefined {
  const found = objects.find(object => object.kind === 'ConfigMap' && object.namespace === namespace && object.name === name)
  return found && ((found.body.data ?? {}) as Record<string, string>)
}
