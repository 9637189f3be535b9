import { partitionOfRegion } from '@ecr-anywhere/shared/partition.ts'
import { givenValues } from '../cluster/given.ts'
import type { Options } from '../subcommands.ts'
import { repositoryProblems } from '../trust-policy/repositories.ts'
import { type IdentityKind, identities, type PlatformName, platforms } from './choices.ts'
import { accountProblem, nameProblem, regionProblem } from './forms.ts'
import { defaultDirectory, defaultRole } from './options.ts'
import { roleParts } from './role.ts'

/** The command line. What is undefined is asked, or found in the cluster. */
export interface InitSettings {
  account: string | undefined
  region: string | undefined
  platform: PlatformName | undefined
  identity: IdentityKind | undefined
  /** With `https://`. */
  issuer: string | undefined
  audience: string | undefined
  role: ReturnType<typeof roleParts>
  repositories: readonly string[]
  clusterName: string | undefined
  namespace: string | undefined
  chart: string | undefined
  /** `-` for stdout. */
  output: string
  force: boolean
  context: string | undefined
  kubeconfig: string | undefined
}

/**
 * @param env the variables from which the AWS CLI also reads the region
 * @throws Fault `settings` that lists every problem at once
 */
export function readInitSettings(given: Options, env: Record<string, string | undefined>): InitSettings {
  const { text, list, flag, oneOf, problem, check } = givenValues(given)
  const refuse = (name: string, wrong: string | undefined) => {
    if (wrong !== undefined) problem(`${name}: ${wrong}`)
  }
  const optional = (name: string, find: (value: string) => string | undefined) => {
    const value = text(name)
    if (value !== undefined) refuse(`--${name}`, find(value))
    return value
  }
  const role = roleParts(text('role') ?? defaultRole)
  if (role === undefined)
    problem(`--role: found ${JSON.stringify(text('role'))}, wanted a name of letters, digits and +=,.@_-, or the ARN of a role`)
  const account = optional('account', accountProblem)
  const variable = env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined
  const region = optional('region', regionProblem) ?? variable
  if (text('region') === undefined && variable !== undefined) refuse('AWS_REGION', regionProblem(variable))
  const issuer = optional('issuer', value =>
    URL.canParse(value) && value.startsWith('https://')
      ? undefined
      : `found ${JSON.stringify(value)}, wanted a URL that begins with https://`,
  )
  const repositories = list('repository')
  if (repositories.length > 0 && region !== undefined)
    for (const wrong of repositoryProblems(repositories, partitionOfRegion(region), () => '--repository')) problem(wrong)
  const output = text('output') ?? defaultDirectory
  if (['json', 'yaml', 'table', 'wide', ''].includes(output))
    problem(`--output: found ${JSON.stringify(output)}, wanted a directory, or - for stdout; the files have formats of their own`)
  const settings = {
    account: account ?? role?.account?.account,
    region,
    platform: text('platform') === undefined ? undefined : oneOf('platform', platforms),
    identity: text('identity') === undefined ? undefined : oneOf('identity', identities),
    issuer,
    // The chart refuses it, too: with such a token, whoever gets it could call the API server.
    audience: optional('audience', value =>
      value.includes('kubernetes') ? `found ${JSON.stringify(value)}, wanted an audience that is not that of the API server` : undefined,
    ),
    role,
    repositories,
    clusterName: text('clusterName'),
    namespace: optional('namespace', nameProblem),
    chart: text('chart'),
    output,
    force: flag('force'),
    context: text('context'),
    kubeconfig: text('kubeconfig'),
  }
  if (settings.clusterName !== undefined && !/^[A-Za-z0-9_+=,.@-]{1,32}$/.test(settings.clusterName))
    problem(`--cluster-name: found ${JSON.stringify(settings.clusterName)}, wanted at most 32 letters, digits and _+=,.@-`)
  check()
  return settings
}
