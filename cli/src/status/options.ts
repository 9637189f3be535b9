import { clusterOptions, outputOption } from '../cluster/options.ts'
import type { OptionDefinition } from '../subcommands.ts'

export const outputs = ['table', 'wide', 'json', 'yaml'] as const
export type Output = (typeof outputs)[number]

/** This file and what it imports are loaded for `--help`. */
export const statusOptions: readonly OptionDefinition[] = [
  clusterOptions.namespace,
  clusterOptions.allNamespaces,
  ['-l, --selector <selector>', 'only Secrets whose labels match this selector'],
  ['--no-usage', 'leave out which pods and ServiceAccounts use the Secrets, which is faster'],
  ['-w, --watch', 'repeat it every 5 seconds'],
  outputOption(outputs),
  clusterOptions.contexts,
  clusterOptions.kubeconfig,
  clusterOptions.releaseNamespace,
  clusterOptions.debug,
]
