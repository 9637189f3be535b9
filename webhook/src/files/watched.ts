import { watch } from 'node:fs'
import { sentence } from '@ecr-anywhere/shared/fault.ts'

export interface WatchedOptions {
  folders: readonly string[]
  /** Reads the files and takes them up, if they changed. */
  look: () => Promise<void>
  /** Called with each new reason why `look` threw; what was taken up before counts on. */
  onProblem: (problem: string) => void
}

/** kubelet swaps a symlink, which some file systems do not tell watchers of: so files are looked at as well. */
export const pollMs = 10_000
/** kubelet makes a folder, then swaps the link: whoever looks between the two reads one file of each. */
export const settleMs = 100

/**
 * Looks at mounted files now, whenever one of the folders changes, and every 10 s.
 *
 * @returns a function that stops it
 */
export async function watched({ folders, look, onProblem }: WatchedOptions): Promise<() => void> {
  let problem = ''

  async function tryToLook(): Promise<void> {
    try {
      await look()
      problem = ''
    } catch (error) {
      const text = sentence(error)
      if (text !== problem) onProblem(text)
      problem = text
    }
  }

  let last = tryToLook()
  /** One look at a time: an older one must not have the last word. */
  const lookNext = () => {
    last = last.then(tryToLook)
  }
  const settled = setTimeout(lookNext, settleMs).unref()
  const timer = setInterval(lookNext, pollMs).unref()
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
    // The folder went away, or too many are watched on this machine: the poll goes on.
    watcher.on('error', () => watcher.close())
    return [watcher]
  } catch {
    // The folder is not there yet: the poll finds it.
    return []
  }
}
