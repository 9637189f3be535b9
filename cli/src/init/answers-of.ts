import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { partitionOfRegion } from '@ecr-anywhere/shared/partition.ts'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { chart } from '../migrate/release.ts'
import type { Answers, IssuerDocuments } from './answers.ts'
import type { IdentityKind, PlatformName } from './choices.ts'
import { defaultDirectory, defaultRole } from './options.ts'
import { platformOf } from './platforms.ts'
import type { InitSettings } from './settings.ts'

/** What was chosen beside the command line: on a terminal, or from what the cluster shows. */
export interface Chosen {
  account: string
  region: string
  platform: PlatformName
  identity: IdentityKind
  /** The issuer that AWS has to know, with `https://`. */
  issuer: string | undefined
  documents: IssuerDocuments | undefined
  /** The name and the namespace of the context; undefined if no cluster was read. */
  context: string | undefined
  namespace: string | undefined
}

/** The answers to everything. @throws Fault `settings` for all values that contradict each other */
export function answersOf(settings: InitSettings, chosen: Chosen): Answers {
  const { account, region, platform, identity, issuer, documents } = chosen
  const { role, output } = settings
  const partition = partitionOfRegion(region)
  const problems = [
    ...(role?.account !== undefined && role.account.account !== account
      ? [`--role: found a role of the account ${role.account.account}, wanted one of the account ${account} of --account`]
      : []),
    ...(role?.account !== undefined && role.account.partition !== partition
      ? [`--role: found the partition ${role.account.partition}, wanted ${partition}, which is that of the region ${region}`]
      : []),
  ]
  if (problems.length > 0) throw settingsFault(problems)
  if (identity === 'web-identity' && issuer === undefined) throw noIssuer()
  return {
    account: { partition, account },
    region,
    platform,
    identity,
    principal: { name: role?.name ?? defaultRole, path: role?.path ?? '/' },
    issuer: identity === 'keys' ? undefined : issuer,
    audience: settings.audience ?? platformOf[platform].audience,
    documents: identity === 'keys' ? undefined : documents,
    repositories: settings.repositories.length > 0 ? settings.repositories : [`arn:${partition}:ecr:${region}:${account}:repository/*`],
    clusterName: settings.clusterName ?? clusterNameOf(chosen.context),
    namespace: settings.namespace ?? chosen.namespace ?? 'default',
    chart: settings.chart ?? chart,
    directory: output === '-' ? defaultDirectory : output.replace(/\/+$/, '') || '/',
  }
}

function noIssuer(): Fault {
  return new Fault('settings', {
    found: 'no issuer for the identity web-identity, because no cluster was read',
    wanted: 'the issuer of the cluster',
    todo: 'Give it with --issuer, or correct --context or KUBECONFIG.',
  })
}

/** The name of a context may be an ARN, a URL or `user@cluster`: its last part is what people call the cluster. */
export function clusterNameOf(context: string | undefined): string {
  const last = (context ?? '').split(/[/:@]/).findLast(part => part !== '') ?? ''
  return last.replace(/[^A-Za-z0-9_+=,.-]/g, '-').slice(0, 32) || 'kubernetes'
}
