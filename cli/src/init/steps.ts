import { labels } from '@ecr-anywhere/shared/names.ts'
import { identityValues } from '../migrate/identity-values.ts'
import { installCommand } from '../migrate/release.ts'
import { command, quoted } from '../migrate/shell.ts'
import type { Answers } from './answers.ts'
import { names, otherAccounts, pullSecret, roleArn, withoutScheme } from './planned-files.ts'
import { platformOf } from './platforms.ts'

/** A command that the user runs, with the reason in one or two sentences. */
export interface NextStep {
  why: string
  command: string
}

/** What to do with the files, in this order. */
export function stepsOf(answers: Answers): NextStep[] {
  const { identity, directory, namespace, chart } = answers
  const file = (name: string) => `${directory}/${name}`
  return [
    ...(identity === 'keys' ? userSteps(answers, file) : roleSteps(answers, file)),
    ...otherAccounts(answers).map(account => ({
      why: `In the account ${account}, for each repository: across accounts, AWS requires the permission of the role and that of the repository.`,
      command: command(...setRepositoryPolicy, `file://${file(names.repository)}`),
    })),
    {
      why: `This ends when the installation was checked.${chart.includes('HOST/PATH') ? ' HOST/PATH is the registry to which `make release` pushed the chart.' : ''}`,
      command: installCommand(quoted(chart), quoted(file(names.values))),
    },
    {
      why: 'From now on, Secrets of this namespace can have credentials.',
      command: command('kubectl', 'label', 'namespace', namespace, `${labels.namespace}=enabled`),
    },
    { why: 'The webhook fills this Secret.', command: command('kubectl', 'apply', '-f', file(names.secret)) },
    {
      why: 'This asks the registry whether it accepts the credentials.',
      command: command('ecr-anywhere', 'verify', `${namespace}/${pullSecret}`),
    },
  ]
}

const setRepositoryPolicy = ['aws', 'ecr', 'set-repository-policy', '--repository-name', 'REPOSITORY', '--policy-text'] as const

type FileName = (name: string) => string

function roleSteps(answers: Answers, file: FileName): NextStep[] {
  const { issuer = '', audience, documents, platform, principal } = answers
  const path = principal.path === '/' ? [] : ['--path', principal.path]
  const provider = `arn:${answers.account.partition}:iam::${answers.account.account}:oidc-provider/${withoutScheme(issuer)}`
  const exists = `If the provider exists already${platformOf[platform].hasProvider ? `, as is usual on ${platformOf[platform].title}` : ''}`
  return [
    ...(documents === undefined ? [] : publishSteps(answers, file)),
    {
      why: `This lets AWS verify tokens of this issuer. ${exists}, add the audience to it instead: \`${command('aws', 'iam', 'add-client-id-to-open-id-connect-provider', '--open-id-connect-provider-arn', provider, '--client-id', audience)}\`.`,
      command: command('aws', 'iam', 'create-open-id-connect-provider', '--url', issuer, '--client-id-list', audience),
    },
    {
      why: `Only the service account of the webhook may assume the role ${roleArn(answers)}. Use update-assume-role-policy for a role that exists.`,
      command: command(
        'aws',
        'iam',
        'create-role',
        ...path,
        '--role-name',
        principal.name,
        '--assume-role-policy-document',
        `file://${file(names.trust)}`,
      ),
    },
    {
      why: 'The role may request tokens, and pull from these repositories.',
      command: command(
        'aws',
        'iam',
        'put-role-policy',
        '--role-name',
        principal.name,
        '--policy-name',
        'ecr-pull',
        '--policy-document',
        `file://${file(names.permissions)}`,
      ),
    },
  ]
}

/** https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (--service-account-issuer) */
function publishSteps({ issuer = '', platform }: Answers, file: FileName): NextStep[] {
  const bare = issuer.replace(/\/$/, '')
  const flag = `${platform === 'k3s' ? '--kube-apiserver-arg=service-account-issuer' : '--service-account-issuer'}=${issuer}`
  return [
    {
      why: `Publish the files ${file(names.configuration)} and ${file(names.keys)} below ${bare}, readable by everyone. They hold public keys only.`,
      command: command('curl', '--fail', '--silent', '--show-error', `${bare}/.well-known/openid-configuration`, `${bare}/openid/v1/jwks`),
    },
    {
      why: `Start each API server with ${flag}, before its present issuer, which stays so that older tokens are valid. This shows the new issuer.`,
      command: command('kubectl', 'get', '--raw', '/.well-known/openid-configuration'),
    },
  ]
}

function userSteps({ principal, region }: Answers, file: FileName): NextStep[] {
  const path = principal.path === '/' ? [] : ['--path', principal.path]
  const user = ['--user-name', principal.name]
  const { steps } = identityValues({ region, keys: { in: 'text', title: '' } })
  return [
    { why: 'A user, because AWS cannot verify tokens of this cluster.', command: command('aws', 'iam', 'create-user', ...path, ...user) },
    {
      why: 'The user may request tokens, and pull from these repositories.',
      command: command(
        'aws',
        'iam',
        'put-user-policy',
        ...user,
        '--policy-name',
        'ecr-pull',
        '--policy-document',
        `file://${file(names.permissions)}`,
      ),
    },
    {
      why: 'These keys do not expire: replace them regularly. They are written into a file that only you may read.',
      command: `(umask 077 && ${command('aws', 'iam', 'create-access-key', ...user, '--output', 'text', '--query', keyQuery)} | tr '\\t' '\\n' | sed '1s/^/AWS_ACCESS_KEY_ID=/;2s/^/AWS_SECRET_ACCESS_KEY=/' >aws-keys.env)`,
    },
    ...steps.map(({ command }, at) => ({
      command,
      why: at === 0 ? 'The namespace of the release.' : 'The Secret from which the webhook reads them.',
    })),
    { why: 'No copy of the keys remains.', command: 'rm aws-keys.env' },
  ]
}

const keyQuery = 'AccessKey.[AccessKeyId,SecretAccessKey]'

/** The commands as a shell script, with their reasons as comments. */
export function scriptText(steps: readonly NextStep[]): string {
  return `#!/bin/sh -eu\n${steps.map(({ why, command }) => `\n# ${why}\n${command}\n`).join('')}`
}
