import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { ownRegistryHost } from '@ecr-anywhere/shared/partition.ts'
import { stringify } from 'yaml'
import { identityValues } from '../migrate/identity-values.ts'
import { serviceAccount } from '../migrate/release.ts'
import { permissions } from '../trust-policy/permissions.ts'
import { type Policy, readableText } from '../trust-policy/policy.ts'
import { repositoryPolicy } from '../trust-policy/repository-policy.ts'
import { trustPolicy } from '../trust-policy/trust-policy.ts'
import type { Answers } from './answers.ts'
import { platformOf } from './platforms.ts'

/** A file to write, with its path in the directory. */
export interface PlannedFile {
  path: string
  text: string
}

export const names = {
  values: 'values.yaml',
  trust: 'trust-policy.json',
  permissions: 'permissions.json',
  repository: 'repository-policy.json',
  secret: 'pull-secret.yaml',
  configuration: 'issuer/.well-known/openid-configuration',
  keys: 'issuer/openid/v1/jwks',
} as const

/** The name of the first Secret, as in the recipes of the README. */
export const pullSecret = 'ecr-pull'

/** The files without the commands. @throws Fault `settings` for every invalid value at once */
export function filesOf(answers: Answers): PlannedFile[] {
  const { account, identity, issuer, audience, repositories, documents } = answers
  const isWebIdentity = identity === 'web-identity' && issuer !== undefined
  const policy = (path: string, content: Policy) => ({ path, text: readableText(content) })
  const identities = { clusters: isWebIdentity ? [{ issuer: withoutScheme(issuer), ...serviceAccount, audience }] : [] }
  const allowed = policy(names.permissions, permissions({ partition: account.partition, repositories }))
  return [
    { path: names.values, text: valuesText(answers) },
    ...(isWebIdentity ? [policy(names.trust, trustPolicy(account, identities))] : []),
    allowed,
    ...(otherAccounts(answers).length === 0
      ? []
      : [policy(names.repository, repositoryPolicy({ partition: account.partition, principals: [repositoryPrincipal(answers)] }))]),
    ...(documents === undefined
      ? []
      : [
          { path: names.configuration, text: `${JSON.stringify(documents.configuration)}\n` },
          { path: names.keys, text: `${JSON.stringify(documents.keys)}\n` },
        ]),
    { path: names.secret, text: secretText(answers) },
  ]
}

export function roleArn({ account: { partition, account }, principal: { path, name } }: Answers): string {
  return `arn:${partition}:iam::${account}:role${path}${name}`
}

/** A repository policy names the role, or, for a user with static keys, its account. */
function repositoryPrincipal(answers: Answers): string {
  const { partition, account } = answers.account
  return answers.identity === 'keys' ? `arn:${partition}:iam::${account}:root` : roleArn(answers)
}

/** The accounts of the repositories but that of the principal. */
export function otherAccounts({ repositories, account }: Answers): string[] {
  return [...new Set(repositories.map(arn => arn.split(':')[4] ?? ''))].filter(one => one !== account.account)
}

/** As in the names of IAM's keys: without `https://`, and with a slash at the end if there is one. */
export function withoutScheme(issuer: string): string {
  return issuer.replace(/^https:\/\//, '')
}

function valuesText(answers: Answers): string {
  const { region, identity, audience, platform, clusterName } = answers
  const isWebIdentity = identity === 'web-identity'
  const { values: aws } = identityValues({
    region,
    ...(isWebIdentity ? { roleArn: roleArn(answers), webIdentityAudience: audience } : { keys: { in: 'text', title: 'the user' } }),
  })
  const values = { clusterName, ...aws, ...platformOf[platform].values }
  return `# Values of ECR Anywhere for ${platformOf[platform].title}. The README of the chart describes each of them.\n${stringify(values)}`
}

/** A Secret without data, which the webhook fills. It names its registries unless they are what it gets without a name. */
function secretText(answers: Answers): string {
  const hosts = registriesOf(answers)
  const own = ownRegistryHost({ account: answers.account.account, region: answers.region, partition: answers.account.partition })
  const isOwn = hosts.length === 1 && hosts[0] === own
  return stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: pullSecret,
      namespace: answers.namespace,
      labels: { [labels.managed]: 'true' },
      ...(!isOwn && { annotations: { [annotations.registries]: hosts.join() } }),
    },
    type: 'kubernetes.io/dockerconfigjson',
  })
}

/** The hosts of the repositories. A pattern of regions stands for the region of the answers. */
export function registriesOf({ repositories, region: own }: Answers): string[] {
  const hosts = repositories.map(arn => {
    const [, partition = '', , region = '', account = ''] = arn.split(':')
    return ownRegistryHost({ account, region: region === '*' ? own : region, partition })
  })
  return [...new Set(hosts)]
}
