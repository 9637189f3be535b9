import {
  type Parsed,
  parseReport,
  type RefreshReport,
  type RefreshStart,
  refreshReport,
  refreshStart,
} from '@ecr-anywhere/shared/refresh-report.ts'

/** `absent`: no run was recorded yet. `foreign` and `broken`: somebody else wrote the ConfigMap, or a part of it. */
export const reportStates = ['ok', 'absent', 'foreign', 'broken'] as const

/** What the refresher recorded. Each part is present only if it could be read. */
export interface RefreshStatus {
  state: (typeof reportStates)[number]
  start?: RefreshStart
  report?: RefreshReport
  /** Why a part cannot be read, without its content. */
  problem?: string
}

/** A key of the ConfigMap: its text, undefined if it is missing, or why it cannot be read. */
export type StatusPart = { text: string | undefined } | { problem: string }

/** Parses the two keys of the ConfigMap, which anybody who may write it can have written. It never throws. */
export function refreshStatusOf({ start, report }: Record<'start' | 'report', StatusPart>): RefreshStatus {
  const [readStart, readReport] = [parsed(refreshStart, start), parsed(refreshReport, report)]
  const unread = [readReport, readStart].find(({ state }) => state === 'foreign' || state === 'broken')
  return {
    state: unread?.state ?? readReport.state,
    ...(readStart.state === 'ok' && { start: readStart.value }),
    ...(readReport.state === 'ok' && { report: readReport.value }),
    ...(unread !== undefined && 'problem' in unread && { problem: unread.problem }),
  }
}

function parsed<T>(schema: Parameters<typeof parseReport<T>>[0], part: StatusPart): Parsed<T> | { state: 'absent' } {
  if ('problem' in part) return { state: 'broken', problem: part.problem }
  return part.text === undefined ? { state: 'absent' } : parseReport(schema, part.text)
}
