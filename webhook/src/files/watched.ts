import { watch } from 'node:fs'
import { sentence } from '@ecr-anywhere/shared/fault.ts'

export interface WatchedOptions {
  folders: readonly string[]
  /** Loads the files if they have changed. */
  load: () => Promise<void>
  /** Called for each new reason why `load` failed. What was loaded before stays in use. */
  onProblem: (problem: string) => void
}

/** kubelet replaces a symlink, and some file systems do not report that to watchers, so the files are also polled. */
export const pollMs = 10_000
/** kubelet creates a folder and then replaces the link. A load between the two steps could read one file of each version. */
export const settleMs = 100

/**
 * Loads mounted files now, whenever one of the folders changes, and every 10 s.
 *
 * @returns a function that stops it
 */
export async function watched({ folders, load, onProblem }: WatchedOptions): Promise<() => void> {
  let problem = ''

  async function tryToLoad(): Promise<void> {
    try {
      await load()
      problem = ''
    } catch (error) {
      const text = sentence(error)
      if (text !== problem) onProblem(text)
      problem = text
    }
  }

  let last = tryToLoad()
  /** One load at a time, so that an older load cannot overwrite a newer one. */
  const loadNext = () => {
    last = last.then(tryToLoad)
  }
  const settled = setTimeout(loadNext, settleMs).unref()
  const timer = setInterval(loadNext, pollMs).unref()
  const watchers = [...new Set(folders)].flatMap(folder => watching(folder, () => settled.refresh()))
  await last
  return () => {
    clearTimeout(settled)
    clearInterval(timer)
    for (const watcher of watchers) watcher.close()
  }
}

function watching(folder: string, onChange: () => void) {
  try {
    const watcher = watch(folder, { persistent: false }, onChange)
    // The folder was removed, or the machine's limit of watches is reached. Polling continues.
    watcher.on('error', () => watcher.close())
    return [watcher]
  } catch {
    // The folder does not exist yet. Polling will find it.
    return []
  }
}
