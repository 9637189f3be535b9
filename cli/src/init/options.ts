import { clusterOptions } from '../cluster/options.ts'
import type { OptionDefinition } from '../subcommands.ts'
import { identities, platforms } from './choices.ts'

export const defaultDirectory = 'ecr-anywhere'
export const defaultRole = 'ecr-anywhere-pull'

/** This file and what it imports are loaded for `--help`. */
export const initOptions: readonly OptionDefinition[] = [
  ['--account <id>', 'the AWS account of the role: 12 digits'],
  ['--region <name>', 'the AWS region of the registries; default: AWS_REGION'],
  ['--platform <name>', `what the cluster runs on: ${platforms.join(', ')}; default: what the cluster shows`, { values: platforms }],
  [
    '--identity <kind>',
    `how AWS knows the webhook: ${identities.join(', ')}; default: web-identity, if AWS can reach the issuer`,
    { values: identities },
  ],
  ['--issuer <url>', 'the issuer that AWS can reach; default: that of the cluster. If it differs, its documents are written as well'],
  ['--audience <text>', 'the audience of the tokens; default: sts.amazonaws.com, on OpenShift openshift'],
  ['--role <name>', `the name or the ARN of the role; default: ${defaultRole}`],
  [
    '--repository <arn>',
    'a repository or a pattern, such as arn:aws:ecr:us-east-1:111122223333:repository/team-a/*; repeat it for several; default: all of the account in the region',
    { repeated: true },
  ],
  ['--cluster-name <name>', 'the name of the cluster in the sessions of AWS; default: that of the context'],
  ['-n, --namespace <name>', 'the namespace that gets the first Secret; default: that of the context', { names: 'namespaces' }],
  ['--chart <reference>', 'the chart in your registry, as `make release` prints it; default: a text to replace'],
  ['-o, --output <directory>', `where the files are written, - for stdout; default: ${defaultDirectory}`, { files: true }],
  ['--force', 'replace files that exist'],
  clusterOptions.context,
  clusterOptions.kubeconfig,
  clusterOptions.debug,
]
