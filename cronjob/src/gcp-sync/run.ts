import { causeLine, exitCodeOf, jsonReport, type ReportOptions, summaryOf, textReport } from './report.ts'
import { sync } from './sync.ts'
import type { GroupResult, SyncOptions, SyncWorld } from './sync-group.ts'
import { repositoryPath, type Target } from './target.ts'

type Log = (fields: object, text: string) => void

export interface RunWorld extends SyncWorld {
  stoppedBy: () => string | undefined
  log: { info: Log; error: Log }
  /** Writes to stdout. */
  print: (text: string) => void
}

/**
 * `log` writes the report as one structured log line, for Cloud Logging, where each line of text would become an entry of its own.
 */
export type Output = 'text' | 'json' | 'log'

/** The field by which a log-based alert finds the last line of a run: see `deploy/cloudrun/README.md`. */
export const logEvents = { succeeded: 'gcp-sync-succeeded', failed: 'gcp-sync-failed' } as const

/** Synchronizes the targets and reports. @returns the exit code */
export async function run(
  targets: readonly Target[],
  world: RunWorld,
  { output, ...options }: SyncOptions & { output: Output },
): Promise<0 | 1> {
  const { log, nowMs, stoppedBy } = world
  const groups = await sync(targets, { ...world, onGroup: group => logFailures(group, log) }, options)
  report(groups, { nowMs: nowMs(), stoppedBy: stoppedBy() }, { ...world, output })
  return exitCodeOf(groups)
}

function logFailures({ targets, cleanupProblem, group }: GroupResult, log: RunWorld['log']): void {
  for (const target of targets) {
    if (target.result === 'failed') log.error({ repository: repositoryPath(target.target), cause: target.cause }, 'not updated')
    if (target.result === 'updated')
      log.info({ repository: repositoryPath(target.target), version: target.version.version, why: target.why }, 'updated')
  }
  if (cleanupProblem !== undefined) log.error({ ...group.secret, cause: cleanupProblem }, 'old versions not destroyed')
}

function report(
  groups: readonly GroupResult[],
  options: ReportOptions,
  { log, print, output }: Pick<RunWorld, 'log' | 'print'> & { output: Output },
): void {
  if (output === 'text') print(`${textReport(groups, options)}\n`)
  if (output === 'json') print(`${JSON.stringify(jsonReport(groups, options))}\n`)
  if (output !== 'log') return
  const cause = causeLine(groups, options.stoppedBy)
  if (cause === undefined) log.info({ event: logEvents.succeeded, ...summaryOf(groups) }, 'gcp-sync succeeded')
  else log.error({ event: logEvents.failed, ...summaryOf(groups) }, cause)
}
