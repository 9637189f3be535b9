import { partitionOfArn, partitionOfRegion } from '@ecr-anywhere/shared/partition.ts'
import type { settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import type * as z from 'zod'
import { conflicts } from './groups.ts'
import { type IdentitySource, identitySource, type Platform } from './identity-source.ts'
import { repositoryPath, type Target } from './target.ts'
import { fieldProblems, type TargetValues, targetFieldNames, targetFields } from './target-fields.ts'
import { readTargetsFile } from './targets-file.ts'

export type GcpSyncVariables = z.output<(typeof settingsOf)['gcp-sync']>

export interface GcpSyncSettings {
  targets: readonly Target[]
  /** How many ENABLED versions of each secret remain. */
  keepVersions: number
  identity: IdentitySource
  debug: boolean
}

/** The default and the minimum: the version in use and the previous one. */
export const minKeepVersions = 2

/**
 * Combines the variables with the file of targets, whose entries may leave out what a variable sets. Without a list of targets, the
 * variables describe the only target.
 *
 * @param file the content of the file that TARGETS_FILE names, if it is set
 * @throws Fault `settings` that lists every problem at once
 */
export function readGcpSyncSettings(
  variables: GcpSyncVariables,
  { file, platform }: { file: string | undefined; platform: Platform },
): GcpSyncSettings {
  const { targets: listed, keepVersions = minKeepVersions, problems: fileProblems } = readTargetsFile(file)
  const defaults = defaultsOf(variables)
  const identity = identitySource(variables, platform)
  const debug = debugValues[variables.DEBUG ?? 'False']
  const problems = [
    ...fileProblems,
    ...(listed === undefined ? fieldProblems({}, defaults, undefined) : listed.flatMap((own, at) => fieldProblems(own, defaults, at))),
    ...(listed !== undefined && variables.GCP_REPOSITORY_NAME !== undefined
      ? [
          `GCP_REPOSITORY_NAME: found ${JSON.stringify(variables.GCP_REPOSITORY_NAME)} beside the targets of TARGETS_FILE, wanted only one of them`,
        ]
      : []),
    ...('problem' in identity ? [identity.problem] : []),
    ...(debug === undefined ? [`DEBUG: found ${JSON.stringify(variables.DEBUG)}, wanted True or False`] : []),
  ]
  if (problems.length > 0 || 'problem' in identity || debug === undefined) throw settingsFault([...new Set(problems)])
  const targets = (listed ?? [{}]).map(own => targetOf(own, defaults))
  const contradictions = [...new Set(targets.flatMap(otherPartition)), ...conflicts(targets)]
  if (contradictions.length > 0) throw settingsFault(contradictions)
  return { targets, keepVersions, identity: identity.source, debug }
}

const debugValues: Readonly<Record<string, boolean>> = { True: true, False: false, true: true, false: false }

function defaultsOf(variables: GcpSyncVariables): TargetValues {
  const given: Readonly<Record<string, string | undefined>> = variables
  return Object.fromEntries(targetFieldNames.map(name => [name, given[targetFields[name].variable]]))
}

function targetOf(own: TargetValues & { secretProject?: string | undefined }, defaults: TargetValues): Target {
  const value = (name: keyof TargetValues) => own[name] ?? defaults[name] ?? ''
  const project = value('project')
  return {
    project,
    location: value('location'),
    repository: value('repository'),
    secret: { project: own.secretProject ?? project, secret: value('secret') },
    username: value('username'),
    aws: { roleArn: value('roleArn'), region: value('region') },
  }
}

function otherPartition(target: Target): string[] {
  const { roleArn, region } = target.aws
  const [ofRole, ofRegion] = [partitionOfArn(roleArn), partitionOfRegion(region)]
  if (ofRole === ofRegion) return []
  return [
    `AWS_ROLE_ARN of ${repositoryPath(target)}: found a role of the partition ${ofRole} for a registry in ${region}, wanted a role of the partition ${ofRegion}`,
  ]
}
