import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cleanEnv, defaultProgram } from './command.ts'

export interface StartedCommand {
  pid: number
  kill: (signal: NodeJS.Signals) => void
  /** @returns the output so far */
  stdout: () => string
  stderr: () => string
  /** Resolves to the exit code, or to null if a signal ended the process. */
  ended: Promise<number | null>
}

/** Starts `ecr-anywhere SUBCOMMAND …` without waiting for it. */
export function startCommand(args: string[], env: Record<string, string>, program = defaultProgram): StartedCommand {
  const child = spawn(process.execPath, [...program, ...args], { env: cleanEnv(env), stdio: ['ignore', 'pipe', 'pipe'] })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', text => {
      written[name] += text
    })
  }
  return {
    pid: child.pid ?? 0,
    kill: signal => void child.kill(signal),
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended: once(child, 'close').then(([code]) => code as number | null),
  }
}
