import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { statusConfigMap } from '@ecr-anywhere/shared/names.ts'
import { maxReportBytes } from '@ecr-anywhere/shared/refresh-report.ts'
import { type RefreshStatus, refreshStatusOf, type StatusPart } from '../refresh-status.ts'
import { watched } from './watched.ts'

export interface StatusDirOptions {
  /** The mounted ConfigMap. It is empty, or missing, until the refresher has recorded a run. */
  dir: string
  /** Called with each new content. */
  onStatus: (status: RefreshStatus) => void
  /** Called once for each new reason why the content, or a part of it, cannot be read. */
  onProblem: (problem: string) => void
}

/** Loads what the refresher recorded now and whenever it changes. @returns a function that stops it */
export function serveStatusDir({ dir, onStatus, onProblem }: StatusDirOptions): Promise<() => void> {
  let loaded: string | undefined
  let problem: string | undefined
  return watched({
    folders: [dir],
    load: async () => {
      const [start, report] = await Promise.all([statusPart(join(dir, keys.start)), statusPart(join(dir, keys.report))])
      const content = JSON.stringify([start, report])
      if (content !== loaded) {
        const status = refreshStatusOf({ start, report })
        problem = status.problem
        onStatus(status)
        loaded = content
      }
      if (problem !== undefined) throw unreadable(problem)
    },
    onProblem,
  })
}

const { name, keys } = statusConfigMap

/** A file that is too long is not read, because every replica would hold it in memory. */
async function statusPart(file: string): Promise<StatusPart> {
  try {
    const { size } = await stat(file)
    if (size > maxReportBytes) return { problem: `it has ${size} bytes, more than ${maxReportBytes}` }
    return { text: await readFile(file, 'utf8') }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? { text: undefined } : { problem: sentence(error) }
  }
}

function unreadable(problem: string): Fault {
  return new Fault('settings', {
    found: `a ConfigMap ${name} that this version of the webhook cannot read: ${problem}`,
    wanted: 'what `ecr-anywhere refresh` of the same release writes',
    todo: 'If another program or person wrote it, stop that. The next run of refresh replaces its content.',
  })
}
