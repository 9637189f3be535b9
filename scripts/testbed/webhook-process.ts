import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePorts } from '../cluster/ports.ts'
import { cleanEnv, defaultProgram, type Program } from './command.ts'

/** A webhook in its own process, as in a pod. */
export interface WebhookProcess {
  pid: number
  /** `https://127.0.0.1:PORT` */
  url: string
  /** `http://127.0.0.1:METRICS_PORT` */
  operationsUrl: string
  /** @returns its log, except the part in `logFile` */
  logs: () => string
  /** Sends a signal, SIGTERM by default, and waits. @returns the exit code, or null if a signal ended the process */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

export interface WebhookProcessOptions {
  env: Record<string, string>
  /** The ports to use again, so that a webhook configuration is still valid after a restart. */
  ports?: { port: number; operationsPort: number }
  program?: Program
  /** An open file for its stdout, for a load generator that has no time to read it. */
  logFile?: number | undefined
}

/** The time limit for a start. */
const startLimitMs = 60_000

/** Starts a webhook and waits until it is ready. @throws with its log if it exits or is not ready in time */
export async function startWebhook({ env, ports, program = defaultProgram, logFile }: WebhookProcessOptions): Promise<WebhookProcess> {
  const [port = 0, operationsPort = 0] = ports === undefined ? await freePorts(2) : [ports.port, ports.operationsPort]
  const child = spawn(process.execPath, [...program, 'webhook'], {
    env: cleanEnv({ PORT: String(port), METRICS_PORT: String(operationsPort), SHUTDOWN_DELAY: '0s', SHUTDOWN_GRACE: '2s', ...env }),
    stdio: ['ignore', logFile ?? 'pipe', 'pipe'],
  })
  const logged: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', part => logged.push(part))
  const logs = () => Buffer.concat(logged).toString()
  // `exit` is not used, because the last log lines may arrive after it.
  const closed = once(child, 'close') as Promise<[code: number | null]>
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const operationsUrl = `http://127.0.0.1:${operationsPort}`
  await untilReady(child, `${operationsUrl}/readyz`, logs)
  return {
    pid: child.pid ?? 0,
    url: `https://127.0.0.1:${port}`,
    operationsUrl,
    logs,
    stop: async (signal = 'SIGTERM') => {
      process.off('exit', kill)
      child.kill(signal)
      const [code] = await closed
      return code
    },
  }
}

async function untilReady(child: ChildProcess, url: string, logs: () => string): Promise<void> {
  const limitMs = performance.now() + startLimitMs
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > limitMs) {
      child.kill('SIGKILL')
      throw new Error(`the webhook did not become ready (exit code ${child.exitCode}):\n${logs()}`)
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    // The webhook does not listen yet.
    return false
  }
}
