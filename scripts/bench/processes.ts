import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { cleanEnv } from '../testbed/command.ts'

/** Peak resident memory of a process so far, in MB (Linux only: /proc). */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1000
}

/** Programs start as in a new container, without the compiled code that tests keep. */
export const uncached = { NODE_DISABLE_COMPILE_CACHE: '1' }

export interface Ended {
  code: number | null
  seconds: number
  peakMb: number
  stdout: string
  stderr: string
}

/** The interval at which the peak memory of a program is read. The last reading misses only the last moments. */
const readEveryMs = 20

/** Runs a program, by default Node, until it exits. @returns also the duration and the peak memory */
export async function timed(args: readonly string[], env: Record<string, string> = {}, file = process.execPath): Promise<Ended> {
  const startedMs = performance.now()
  const child = spawn(file, args, { env: cleanEnv({ ...uncached, ...env }), stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = [collected(child.stdout), collected(child.stderr)]
  let peakMb = 0
  const reader = setInterval(async () => {
    // The process may have exited in the meantime. Then the last reading is used.
    const now = await peakMemory(child.pid ?? 0).catch(() => peakMb)
    if (Number.isFinite(now)) peakMb = now
  }, readEveryMs)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(reader)
  return { code, seconds: (performance.now() - startedMs) / 1000, peakMb, stdout: out(), stderr: err() }
}

function collected(stream: NodeJS.ReadableStream): () => string {
  const parts: Buffer[] = []
  stream.on('data', part => parts.push(part))
  return () => Buffer.concat(parts).toString()
}

/** Starts Node. It is ended with this process at the latest. */
export function started(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, args, { env: cleanEnv({ ...uncached, ...env }), stdio: ['ignore', 'ignore', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  return child
}
