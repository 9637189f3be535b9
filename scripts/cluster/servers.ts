import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { lastLines } from './run.ts'
import { startWatchdog } from './watchdog.ts'

export interface Program {
  /** the name, also of its log: `<dir>/<name>.log` */
  name: string
  file: string
  args: string[]
}

export interface Servers {
  /** the process ID, or 0 if the server could not be started, which `until` reports */
  start(program: Program): number
  /** sends SIGKILL and resolves when the process has exited */
  kill(name: string): Promise<void>
  /** resolves when `isReady` does; throws with the last lines of a log if a server exits before or the time is over */
  until(name: string, isReady: () => Promise<boolean>): Promise<void>
  /** kills all servers and removes the directory; resolves when nothing is left */
  stop(): Promise<void>
}

/** The time limit for a start. On two busy cores 5 s were measured. */
export const readyWithinMs = 60_000
const askAgainMs = 50

/**
 * Runs servers whose logs and data are in `dir`. When this process ends, in any way, the servers are ended and `dir` is removed.
 * `cleanup` is described in watchdog.ts.
 */
export function serversIn(dir: string, cleanup?: string): Servers {
  const running = new Map<string, ChildProcess>()
  const watchdog = startWatchdog(dir, cleanup)
  const watch = () => watchdog.watch([...running.values()].flatMap(child => (hasEnded(child) ? [] : (child.pid ?? []))))
  const logOf = (name: string) => join(dir, `${name}.log`)

  async function tail(name: string): Promise<string> {
    return `The last lines of its log:\n${lastLines(await readFile(logOf(name), 'utf8'))}`
  }

  function start({ name, file, args }: Program): number {
    const log = openSync(logOf(name), 'a')
    const child = spawn(file, args, { cwd: dir, detached: true, stdio: ['ignore', log, log] })
    running.set(name, child)
    watch()
    closeSync(log)
    child.unref()
    child.once('exit', watch)
    // A program that cannot be started has no exit event. `until` detects that it has no pid.
    child.once('error', () => {})
    return child.pid ?? 0
  }

  async function kill(name: string): Promise<void> {
    const child = running.get(name)
    running.delete(name)
    if (child?.pid === undefined || hasEnded(child)) return
    child.ref()
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  async function until(name: string, isReady: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + readyWithinMs
    while (!(await isReady())) {
      for (const [name, child] of running) {
        if (child.pid === undefined || hasEnded(child)) {
          throw new Error(`${name} exited with ${child.signalCode ?? `code ${child.exitCode}`} before it was ready. ${await tail(name)}`)
        }
      }
      if (performance.now() > deadline) throw new Error(`${name} is not ready after ${readyWithinMs / 1000} s. ${await tail(name)}`)
      await setTimeout(askAgainMs)
    }
  }

  async function stop(): Promise<void> {
    await Promise.all([...running.keys()].map(kill))
    await watchdog.dismiss()
  }

  return { start, kill, until, stop }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
