import { shellArgument } from './completion/shells.ts'
import { doctorOptions } from './doctor/options.ts'
import { exportFlags } from './export/options.ts'
import { initOptions } from './init/options.ts'
import { statusOptions } from './status/options.ts'
import { verifyArgument, verifyOptions } from './verify/options.ts'

export type Options = Record<string, string | string[] | boolean | undefined>

/** `targets` are those of `verify`: managed Secrets, and pods. */
export type NamesOf = 'contexts' | 'namespaces' | 'targets'

/** What a command line and its completion know of an option beside its text. */
export interface OptionTraits {
  /** It may be given several times, so its value is a list. */
  repeated?: true
  /** The values to choose from. */
  values?: readonly string[]
  /** The values are names that the kubeconfig or the cluster knows. */
  names?: NamesOf
  /** The value is the path of a file or a directory. */
  files?: true
}

export type OptionDefinition = readonly [flags: string, about: string, traits?: OptionTraits]

export interface Subcommand {
  name: string
  about: string
  options: readonly OptionDefinition[]
  /** An argument in commander's notation, such as `<target>`. */
  argument?: OptionDefinition
  /** Whether stdout is data for another program, such as a shell. Then messages go to stderr, and stdout stays empty on failure. */
  stdoutIsData?: boolean
  /** Whether it is for operators at a terminal. Then messages go to stderr, unless `--output json` or `yaml` asks for one document. */
  isForOperators?: boolean
  /** Loads only the modules of this subcommand. `main` resolves to the exit code once the work is done; the webhook runs until a signal. */
  load: () => Promise<{ main: (options: Options, argument?: string) => Promise<number> }>
}

/** The tools of `migrate`. A test compares them with the tools that it loads. */
const migrateTools = [
  'argo-ecr-auth',
  'ecr-anywhere-go',
  'ecr-credentials-sync',
  'external-secrets',
  'gcp-ecr-syncer',
  'k8s-ecr-login-renew',
  'registry-creds',
]

export const subcommands: readonly Subcommand[] = [
  {
    name: 'status',
    about: 'show the managed Secrets, when they expire and who uses them; exits 1 if one of them needs attention',
    options: statusOptions,
    isForOperators: true,
    load: () => import('./status/main.ts'),
  },
  {
    name: 'verify',
    about: 'ask the registries whether the credentials of a Secret or a pod are accepted, and whether its images can be had',
    argument: verifyArgument,
    options: verifyOptions,
    isForOperators: true,
    load: () => import('./verify/main.ts'),
  },
  {
    name: 'doctor',
    about: 'check every link from the API server to the pods that pull, and name the cause of a failure first',
    options: doctorOptions,
    isForOperators: true,
    load: () => import('./doctor/main.ts'),
  },
  {
    name: 'init',
    about: 'write the values of the chart, the policies of AWS and the commands for this cluster into files; nothing else is changed',
    options: initOptions,
    isForOperators: true,
    load: () => import('./init/main.ts'),
  },
  {
    name: 'webhook',
    about: 'serve the mutating webhook that fills managed Secrets with ECR credentials',
    options: [],
    load: () => import('@ecr-anywhere/webhook/main.ts'),
  },
  {
    name: 'provision',
    about: 'create the image pull secret of each namespace that asks for one, as soon as it is labelled',
    options: [],
    load: () => import('@ecr-anywhere/webhook/provision/main.ts'),
  },
  {
    name: 'refresh',
    about: 'touch each managed Secret that is due, so that the webhook renews it',
    options: [
      ['--dry-run', 'print what would be touched, and touch nothing'],
      ['--force', 'touch what is not due, too'],
      ['--namespace <name>', 'only this namespace'],
      ['--output <format>', 'text or json', { values: ['text', 'json'] }],
    ],
    load: () => import('@ecr-anywhere/cronjob/refresh/main.ts'),
  },
  {
    name: 'certs',
    about: 'make the serving certificate and publish its CA to the webhook configurations',
    options: [],
    load: () => import('@ecr-anywhere/cronjob/certs/main.ts'),
  },
  {
    name: 'apply-secrets',
    about: 'make or adopt the managed Secrets that the chart’s values name',
    options: [],
    load: () => import('@ecr-anywhere/cronjob/apply-secrets/main.ts'),
  },
  {
    name: 'check',
    about: 'try, in dry runs, whether every tenant gets tokens and every policy of the release is in force, and say what does not work',
    options: [],
    load: () => import('@ecr-anywhere/cronjob/check/main.ts'),
  },
  {
    name: 'export',
    about: 'print temporary AWS credentials for an identity of Google, GitHub, Azure, Kubernetes or a token file',
    options: exportFlags,
    stdoutIsData: true,
    load: () => import('./export/main.ts'),
  },
  {
    name: 'gcp-sync',
    about: 'put a fresh ECR password into Secret Manager, for the remote repositories of Artifact Registry that proxy ECR',
    options: [
      ['--dry-run', 'print what would be updated, and write nothing'],
      ['--force', 'renew passwords that are not due, too'],
      ['--output <format>', 'text or json', { values: ['text', 'json'] }],
    ],
    load: () => import('@ecr-anywhere/cronjob/gcp-sync/main.ts'),
  },
  {
    name: 'migrate',
    about: 'print the values and the commands, in their order, that move from another tool to ECR Anywhere; nothing is changed',
    argument: ['<from>', migrateTools.join(', '), { values: migrateTools }],
    options: [
      ['-f, --file <path>', 'the manifests or settings of the tool, - for stdin', { files: true }],
      ['--from-cluster', 'read the objects of the tool from the cluster instead'],
      ['--context <name>', 'a context of the kubeconfig'],
      ['-n, --namespace <name>', 'the namespace of objects that name none; from the cluster, only this one'],
      ['-o, --output <format>', 'text, json or yaml', { values: ['text', 'json', 'yaml'] }],
    ],
    load: () => import('./migrate/main.ts'),
  },
  {
    name: 'completion',
    about: 'print the completion script of a shell',
    argument: shellArgument,
    options: [],
    stdoutIsData: true,
    load: () => import('./completion/main.ts'),
  },
]
