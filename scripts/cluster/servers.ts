import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { lastLines } from './run.ts'
import { startWatchdog } from './watchdog.ts'

export interface Program {
  /** also its log's: `<dir>/<name>.log` */
  name: string
  file: string
  args: string[]
}

export interface Servers {
  /** its process id; 0 where it could not be started, which `until` reports */
  start(program: Program): number
  /** SIGKILL; resolves when the process is gone */
  kill(name: string): Promise<void>
  /** resolves when `isReady` says so; throws with a log's last lines when a server ends first, or the time does */
  until(name: string, isReady: () => Promise<boolean>): Promise<void>
  /** kills all, removes the directory; resolves when nothing is left */
  stop(): Promise<void>
}

/** A server that takes longer than this is stuck: on two busy cores 5 s were seen. */
export const readyWithinMs = 60_000
const askAgainMs = 50

/**
 * Runs servers whose logs, and whose data, are in `dir`. When this process ends, in whatever way, so do they, and `dir` is removed.
 * `cleanup`: see watchdog.ts
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
    // A program that cannot be started has no exit; `until` finds it without a pid.
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
          throw new Error(`${name} ended with ${child.signalCode ?? `code ${child.exitCode}`} while it was started. ${await tail(name)}`)
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
