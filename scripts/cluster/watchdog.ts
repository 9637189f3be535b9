import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'

// Each line is the complete list of running processes. The end of stdin means that the parent process has exited or was killed.
// Then these processes are killed and the directory is removed, repeatedly, because a dying process may still write there.
const script = `
while read -r line; do pids=$line; done
[ -z "$pids" ] || kill -9 $pids 2>/dev/null
until eval "$1" && rm -rf "$0"; do sleep 0.1; done`

export interface Watchdog {
  /** sets the processes that are ended if this one dies; replaces the previous list */
  watch(pids: number[]): void
  /** ends the watched processes, removes the directory, and resolves when this is done */
  dismiss(): Promise<void>
}

/**
 * Starts a small process that outlives this one, even after SIGKILL, to end the watched processes and to remove `dir`.
 * `cleanup` contains further shell lines, which are repeated until the last one succeeds.
 */
export function startWatchdog(dir: string, cleanup = ''): Watchdog {
  // The process is detached, so that Ctrl-C and a kill of this process group do not reach it.
  const child = spawn('/bin/sh', ['-c', script, dir, cleanup], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  // It does not keep this process running. If this process exits without stopping its servers, they are ended.
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
