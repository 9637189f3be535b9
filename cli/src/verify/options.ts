import { clusterOptions, outputOption } from '../cluster/options.ts'
import type { OptionDefinition } from '../subcommands.ts'

export const outputs = ['text', 'json', 'yaml'] as const

export const verifyArgument = ['<target>', 'NAMESPACE/NAME of a Secret, or pod/NAME', { names: 'targets' }] as const

/** This file and what it imports are loaded for `--help`. */
export const verifyOptions: readonly OptionDefinition[] = [
  ['--image <name>', 'the image whose manifest is requested; default: none for a Secret, the images of a pod'],
  ['--platform <os/arch>', 'the platform that the image must have, such as linux/arm64; default: that of the node of the pod'],
  clusterOptions.namespace,
  outputOption(outputs),
  clusterOptions.context,
  clusterOptions.kubeconfig,
  clusterOptions.debug,
]
