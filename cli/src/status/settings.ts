import { givenValues } from '../cluster/given.ts'
import type { Options } from '../subcommands.ts'
import type { StatusOptions } from './cluster-status.ts'
import { isLabelSelector } from './label-selector.ts'
import { type Output, outputs } from './options.ts'

export interface StatusSettings extends Omit<StatusOptions, 'nowMs' | 'namespace'> {
  /** `context`: the namespace of each context; undefined: all namespaces. */
  namespace: { name: string } | 'context' | undefined
  contexts: string[]
  kubeconfig: string | undefined
  output: Output
  watch: boolean
}

/** @throws Fault `settings` that lists every problem at once */
export function readStatusSettings(given: Options): StatusSettings {
  const { text, list, flag, oneOf, problem, check } = givenValues(given)
  const name = text('namespace')
  const output = oneOf('output', outputs)
  const isAll = flag('allNamespaces')
  const watch = flag('watch')
  const selector = text('selector')
  if (selector !== undefined && !isLabelSelector(selector))
    problem(`--selector: found ${JSON.stringify(selector)}, wanted a label selector such as team=a,stage in (test, prod)`)
  if (isAll && name !== undefined) problem('--all-namespaces: found it together with --namespace, wanted one of the two')
  if (watch && (output === 'json' || output === 'yaml'))
    problem(`--watch: found it together with --output ${output}, wanted table or wide, because JSON and YAML are one document`)
  check()
  return {
    namespace: isAll ? undefined : name === undefined ? 'context' : { name },
    selector,
    // commander sets `usage` to false for --no-usage.
    withUsage: given.usage !== false,
    releaseNamespace: text('releaseNamespace'),
    contexts: [...new Set(list('context'))],
    kubeconfig: text('kubeconfig'),
    output,
    watch,
  }
}
