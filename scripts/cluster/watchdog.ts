import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'

// Each line is the whole list of what runs now. The end of stdin means that whoever held it is done or was killed: then the last list
// is ended, and the directory with it (again and again, for a process that is being killed may still be writing there).
const script = `
while read -r line; do pids=$line; done
[ -z "$pids" ] || kill -9 $pids 2>/dev/null
until eval "$1" && rm -rf "$0"; do sleep 0.1; done`

export interface Watchdog {
  /** the processes to end if this one dies; replaces what was said before */
  watch(pids: number[]): void
  /** ends what is watched, removes the directory, and resolves when that is done */
  dismiss(): Promise<void>
}

/**
 * A tiny process that outlives this one, even a SIGKILL, just long enough to end the watched processes and to remove `dir`.
 * `cleanup` is what else there is to remove: lines of shell that are run again until the last one succeeds.
 */
export function startWatchdog(dir: string, cleanup = ''): Watchdog {
  // Detached: Ctrl-C, and a kill of this process's group, must not reach it.
  const child = spawn('/bin/sh', ['-c', script, dir, cleanup], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  // Not a reason to keep this process running: one that forgets to stop its servers ends, and they with it.
  child.unref()
  if (child.stdin instanceof Socket) child.stdin.unref()
  return {
    watch: pids => {
      child.stdin.write(`${pids.join(' ')}\n`)
    },
    dismiss: async () => {
      child.ref()
      const exited = once(child, 'exit')
      child.stdin.end()
      await exited
    },
  }
}
