import type { OptionDefinition } from '../subcommands.ts'

/** The options of the commands for operators. This file imports only types, because `--help` loads it for every subcommand. */
export const clusterOptions = {
  namespace: ['-n, --namespace <name>', 'the namespace; default: that of the context', { names: 'namespaces' }],
  allNamespaces: ['-A, --all-namespaces', 'all namespaces'],
  context: ['--context <name>', 'the context of the kubeconfig; default: the current one', { names: 'contexts' }],
  contexts: [
    '--context <name>',
    'a context of the kubeconfig; repeat it to see several clusters in one table',
    { repeated: true, names: 'contexts' },
  ],
  kubeconfig: ['--kubeconfig <file>', 'the kubeconfig; default: KUBECONFIG, then ~/.kube/config', { files: true }],
  releaseNamespace: [
    '--release-namespace <name>',
    'the namespace of the release of ECR Anywhere; default: found by its labels',
    { names: 'namespaces' },
  ],
  debug: ['--debug', 'on an error, print its stack trace as well'],
} as const satisfies Record<string, OptionDefinition>

/** The option `-o` of a command with these formats. */
export function outputOption(formats: readonly string[]): OptionDefinition {
  return ['-o, --output <format>', `the format of the output: ${formats.join(', ')}`, { values: formats }]
}
