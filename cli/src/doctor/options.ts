import { clusterOptions, outputOption } from '../cluster/options.ts'
import type { OptionDefinition } from '../subcommands.ts'

export const outputs = ['text', 'json', 'yaml'] as const

/** This file and what it imports are loaded for `--help`. */
export const doctorOptions: readonly OptionDefinition[] = [
  ['--only <check>', 'only this check; repeat it for several', { repeated: true }],
  ['--redact', 'replace accounts, hosts and names, so that the report can be attached to a public issue'],
  outputOption(outputs),
  clusterOptions.context,
  clusterOptions.kubeconfig,
  clusterOptions.releaseNamespace,
  clusterOptions.debug,
]
