import { parseDuration } from '@ecr-anywhere/shared/duration.ts'
import { awsRegionPattern, roleArnPattern } from '@ecr-anywhere/shared/name-patterns.ts'
import { regionFor } from '@ecr-anywhere/shared/partition.ts'
import { isRegistryHost, parseRegistry, type Registry } from '@ecr-anywhere/shared/registry.ts'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { type Env, type Given, type OptionValues, optionValues, shown } from './option-values.ts'
import { type ExportOption, exportOptions, type Format, formats, nameOf, type OptionName, type SourceName, sourceNames } from './options.ts'
import { readSource, type Source } from './source.ts'

export interface ExportSettings {
  source: Source
  format: Format
  roleArn: string
  sessionName: string
  /** Undefined: AWS's default, 1 h. */
  durationSeconds: number | undefined
  /** Of STS, and of the private registries. A role of another partition has another region. */
  region: string
  /** For `docker-login`; undefined: the private registries of the AWS region. */
  registry: Registry | undefined
  /** The file to which `github-env` appends; empty for other formats. */
  githubEnvFile: string
}

/** AWS's limits: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const sessionName = /^[\w+=,.@-]{2,64}$/
const minSeconds = 15 * 60
const maxSeconds = 12 * 3600

/**
 * @param region the configured AWS region, if there is one
 * @throws Fault `settings` that lists every problem at once
 */
export function readExportSettings(given: Given, { env, region }: { env: Env; region: string | undefined }): ExportSettings {
  const problems: string[] = []
  const values = optionValues(given, env, problems)
  const sourceName = oneOf(values, 'source', sourceNames, 'google')
  const format = oneOf(values, 'format', formats, 'env')
  const source = sourceName && readSource(sourceName, values)
  const arn = values.required('awsIamRoleArn', roleArnPattern)
  const settings = {
    roleArn: arn,
    sessionName: values.required('awsSessionName', sessionName),
    durationSeconds: readDuration(values),
    region: regionFor(arn, region ?? ''),
    registry: readRegistry(values),
    githubEnvFile: env.GITHUB_ENV ?? '',
  }
  if (region === undefined || !awsRegionPattern.test(region))
    values.problem(`AWS_REGION: found ${shown(region)}, wanted the AWS region whose STS is called, such as us-east-1`)
  if (format === 'github-env' && !env.GITHUB_ENV)
    values.problem('GITHUB_ENV: found nothing, wanted the file that a GitHub Actions runner names')
  if (format !== 'docker-login' && values.value('registry'))
    values.problem('--registry: found a value, wanted it with --format docker-login only')
  if (sourceName !== undefined) problems.push(...unused(given, sourceName))
  if (problems.length > 0 || source === undefined || format === undefined) throw settingsFault(problems)
  return { source, format, ...settings }
}

/** @returns the fallback if there is no value, and undefined, with a problem, if it is none of the words */
function oneOf<T extends string>({ value, problem }: OptionValues, name: OptionName, all: readonly T[], fallback: T): T | undefined {
  const found = value(name)
  if (found === undefined) return fallback
  const known = all.find(each => each === found)
  if (known === undefined) problem(`${nameOf(name)}: found ${shown(found)}, wanted ${all.join(', ')}`)
  return known
}

function readDuration({ value, problem }: OptionValues): number | undefined {
  const found = value('duration')
  if (found === undefined) return undefined
  const seconds = (parseDuration(found) ?? 0) / 1000
  if (seconds >= minSeconds && seconds <= maxSeconds) return seconds
  problem(`--duration: found ${shown(found)}, wanted a duration such as 1h, from 15m to 12h`)
  return undefined
}

function readRegistry({ value, problem }: OptionValues): Registry | undefined {
  const found = value('registry')
  if (found === undefined) return undefined
  if (isRegistryHost(found)) return parseRegistry(found)
  problem(
    `--registry: found ${shown(found)}, wanted a bare ECR host, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com or public.ecr.aws`,
  )
  return undefined
}

/** Flags that the source does not use. Variables may be set for other programs. */
function unused(given: Given, source: SourceName): string[] {
  return (Object.keys(exportOptions) as OptionName[]).flatMap(name => {
    const { flag, sources }: ExportOption = exportOptions[name]
    if (given[name] === undefined || sources === undefined || sources.includes(source)) return []
    return [`${flag.split(' ')[0]}: found a value, wanted none, because the source ${source} does not use it`]
  })
}
