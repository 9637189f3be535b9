import { formatDuration } from '@ecr-anywhere/shared/duration.ts'
import { textTable } from '@ecr-anywhere/shared/table.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { KnownVersion } from './expiry-label.ts'
import { secretPath } from './secret-name.ts'
import type { GroupResult, TargetResult } from './sync-group.ts'
import { repositoryPath } from './target.ts'

export interface ReportOptions {
  nowMs: number
  /** The signal that ended the run early. */
  stoppedBy: string | undefined
}

/** The figures of a run. */
export interface Summary {
  checked: number
  unchanged: number
  updated: number
  /** Only in a dry run: what a run would update. */
  outdated: number
  failed: number
  versionsCreated: number
  versionsDestroyed: number
  /** RFC 3339: when the first password expires; null if no expiry is known. */
  earliestExpiry: string | null
}

export function summaryOf(groups: readonly GroupResult[]): Summary {
  const targets = groups.flatMap(({ targets }) => targets)
  const count = (result: TargetResult['result']) => targets.filter(target => target.result === result).length
  const expiries = targets.flatMap(target => versionOf(target)?.expiresAtMs ?? [])
  return {
    checked: targets.length,
    unchanged: count('unchanged'),
    updated: count('updated'),
    outdated: count('outdated'),
    failed: count('failed'),
    versionsCreated: groups.filter(({ created }) => created !== undefined).length,
    versionsDestroyed: groups.reduce((sum, { destroyed }) => sum + destroyed.length, 0),
    earliestExpiry: expiries.length === 0 ? null : formatTime(Math.min(...expiries)),
  }
}

/** 0 if every repository has a password that lasts and no unnecessary version is left, else 1. */
export function exitCodeOf(groups: readonly GroupResult[]): 0 | 1 {
  return causeLine(groups, undefined) === undefined ? 0 : 1
}

/** Why the run failed, in one sentence, which becomes the termination message of the pod. Undefined if it succeeded. */
export function causeLine(groups: readonly GroupResult[], stoppedBy: string | undefined): string | undefined {
  const failed = groups.flatMap(({ targets }) => targets.filter(target => target.result === 'failed'))
  const [first] = failed
  const stopped = stoppedBy === undefined ? '' : ` (stopped by ${stoppedBy})`
  if (first !== undefined) {
    const were = failed.length === 1 ? '1 repository was' : `${failed.length} repositories were`
    return `gcp-sync failed${stopped}: ${were} not updated; ${repositoryPath(first.target)}: ${first.cause}`
  }
  const uncleaned = groups.find(({ cleanupProblem }) => cleanupProblem !== undefined)
  if (uncleaned === undefined) return undefined
  return `gcp-sync failed${stopped}: old versions of ${secretPath(uncleaned.group.secret)} were not destroyed: ${uncleaned.cleanupProblem}`
}

/** The report for people: a table of repositories, the figures, and if the run failed, the cause as the last line. */
export function textReport(groups: readonly GroupResult[], { nowMs, stoppedBy }: ReportOptions): string {
  const { checked, unchanged, updated, outdated, failed, versionsCreated, versionsDestroyed, earliestExpiry } = summaryOf(groups)
  const rows = groups.flatMap(({ targets }) => targets.map(target => row(target, nowMs)))
  const lines = [
    textTable([['REPOSITORY', 'SECRET', 'VERSION', 'EXPIRES IN', 'RESULT'], ...rows]),
    ...groups.flatMap(({ group, destroyed }) =>
      destroyed.length === 0 ? [] : [`destroyed ${secretPath(group.secret)} ${destroyed.join(', ')}`],
    ),
    `checked ${checked}, unchanged ${unchanged}, updated ${updated},${outdated === 0 ? '' : ` outdated ${outdated},`} failed ${failed}, versions created ${versionsCreated}, versions destroyed ${versionsDestroyed}, earliest expiry ${earliestExpiry ?? 'unknown'}`,
    causeLine(groups, stoppedBy),
  ]
  return lines.filter(line => line !== undefined).join('\n')
}

/** The report for programs. */
export function jsonReport(groups: readonly GroupResult[], { stoppedBy }: ReportOptions): Record<string, unknown> {
  const targets = groups.flatMap(({ targets }) => targets)
  return {
    ...summaryOf(groups),
    targets: targets.map(target => ({
      repository: repositoryPath(target.target),
      secret: secretPath(target.target.secret),
      region: target.target.aws.region,
      roleArn: target.target.aws.roleArn,
      result: target.result,
      ...versionFields(versionOf(target)),
      ...('why' in target && { why: target.why }),
      ...('cause' in target && { cause: target.cause }),
    })),
    destroyed: groups.flatMap(({ group, destroyed }) => destroyed.map(version => `${secretPath(group.secret)}/versions/${version}`)),
    error: causeLine(groups, stoppedBy),
  }
}

function row(target: TargetResult, nowMs: number): string[] {
  const version = versionOf(target)
  const left = version === undefined ? '-' : formatDuration(version.expiresAtMs - nowMs)
  const why = 'why' in target ? `: ${target.why}` : 'cause' in target ? `: ${target.cause}` : ''
  const number = version?.version ?? (target.result === 'outdated' ? 'new' : '-')
  return [repositoryPath(target.target), secretPath(target.target.secret), String(number), left, `${target.result}${why}`]
}

function versionFields(version: KnownVersion | undefined): object {
  return version === undefined ? {} : { version: version.version, expiresAt: formatTime(version.expiresAtMs) }
}

function versionOf(target: TargetResult): KnownVersion | undefined {
  return target.result === 'failed' ? undefined : target.version
}
