import { watch } from 'node:fs'
import { type PolledOptions, polled } from './polled.ts'

export interface WatchedOptions extends PolledOptions {
  folders: readonly string[]
}

/** kubelet creates a folder and then replaces the link. A load between the two steps could read one file of each version. */
export const settleMs = 100

/**
 * Loads mounted files now, whenever one of the folders changes, and every 10 s: kubelet replaces a symlink, and some file systems do not report
 * that to watchers.
 *
 * @returns a function that stops it
 */
export async function watched({ folders, ...options }: WatchedOptions): Promise<() => void> {
  const { first, loadNext, stop } = polled(options)
  const settled = setTimeout(loadNext, settleMs).unref()
  const watchers = [...new Set(folders)].flatMap(folder => watching(folder, () => settled.refresh()))
  await first
  return () => {
    clearTimeout(settled)
    stop()
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
