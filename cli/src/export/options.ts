import type { OptionDefinition } from '../subcommands.ts'

/** Where the identity token comes from. */
export const sourceNames = ['google', 'github', 'file', 'azure', 'kubernetes'] as const
export type SourceName = (typeof sourceNames)[number]

export const formats = ['env', 'json', 'credential-process', 'docker-login', 'github-env', 'powershell', 'fish'] as const
export type Format = (typeof formats)[number]

export interface ExportOption {
  flag: string
  /** The variable that is read if the flag is not given. */
  variable?: string
  default?: string
  /** A noun phrase in lower case, without a final period: see `setting-descriptions.ts`. */
  about: string
  /** The values to choose from, and whether the value is a path, for completion. */
  values?: readonly string[]
  files?: true
  /** The sources that use it, if not all of them do. */
  sources?: readonly SourceName[]
}

/**
 * The options of `export`, by the name under which commander hands them on. This file imports only types, because `--help` loads it for
 * every subcommand. The table in docs/consumers/export.md is generated from it.
 */
export const exportOptions = {
  source: {
    flag: '--source <name>',
    default: 'google',
    about: `the source of the identity token: ${sourceNames.join(', ')}`,
    values: sourceNames,
  },
  gcpServiceAccount: {
    flag: '--gcp-service-account <email>',
    variable: 'GCP_SERVICE_ACCOUNT',
    about: 'the email of the Google service account to sign as',
    sources: ['google'],
  },
  targetAudienceUrl: {
    flag: '--target-audience-url <url>',
    variable: 'TARGET_AUDIENCE_URL',
    default: '`sts.amazonaws.com` for `github` and `kubernetes`',
    about: 'the audience of the identity token, as in the trust policy of the role',
    sources: ['google', 'github', 'azure', 'kubernetes'],
  },
  awsIamRoleArn: {
    flag: '--aws-iam-role-arn <arn>',
    variable: 'AWS_IAM_ROLE_ARN',
    about: 'the ARN of the AWS IAM role to assume, such as arn:aws:iam::123456789012:role/push',
  },
  awsSessionName: {
    flag: '--aws-session-name <name>',
    variable: 'AWS_SESSION_NAME',
    about: 'the name of the session of the role, which CloudTrail shows: 2 to 64 letters, digits and characters of _+=,.@-',
  },
  duration: {
    flag: '--duration <duration>',
    default: '1h',
    about: 'the lifetime of the credentials, from 15m to the maximum session duration of the role (at most 12h)',
  },
  format: { flag: '--format <name>', default: 'env', about: `the format of the output: ${formats.join(', ')}`, values: formats },
  tokenFile: {
    flag: '--token-file <path>',
    variable: 'AWS_WEB_IDENTITY_TOKEN_FILE',
    about: 'the file with the identity token, or `-` for stdin',
    files: true,
    sources: ['file'],
  },
  serviceAccount: {
    flag: '--service-account <namespace/name>',
    about: 'the Kubernetes service account for which the API server of the current context issues a token',
    sources: ['kubernetes'],
  },
  registry: {
    flag: '--registry <host>',
    default: 'the private registries of the AWS region',
    about: 'the ECR registry that `docker-login` logs in to',
  },
} as const satisfies Record<string, ExportOption>

export type OptionName = keyof typeof exportOptions

/** The options as `subcommands.ts` needs them: flags and help text. */
export const exportFlags = Object.values<ExportOption>(exportOptions).map(
  ({ flag, variable, default: fallback, about, values, files }): OptionDefinition => [
    flag,
    `${about}${variable === undefined ? '' : ` (${variable})`}${fallback === undefined ? '' : `; default: ${fallback}`}`,
    { ...(values !== undefined && { values }), ...(files !== undefined && { files }) },
  ],
)

/** The name of an option in messages: the flag, and the variable if there is one. */
export function nameOf(name: OptionName): string {
  const { flag, variable }: ExportOption = exportOptions[name]
  const [bare = ''] = flag.split(' ')
  return variable === undefined ? bare : `${bare} (${variable})`
}
