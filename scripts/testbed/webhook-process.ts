import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePorts } from '../cluster/ports.ts'
import { cleanEnv, type Program, sourceProgram } from './command.ts'

/** A webhook as a process of its own, as in a pod. */
export interface WebhookProcess {
  pid: number
  /** `https://127.0.0.1:PORT` */
  url: string
  /** `http://127.0.0.1:METRICS_PORT` */
  operationsUrl: string
  /** All that it has logged, but for what went into `logFile`. */
  logs: () => string
  /** Sends a signal, SIGTERM by default. @returns the exit code once it has ended, null where a signal ended it */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

export interface WebhookProcessOptions {
  env: Record<string, string>
  /** Ports to use again, for a restart that a webhook configuration does not notice. */
  ports?: { port: number; operationsPort: number }
  program?: Program
  /** An open file that takes what it logs on stdout, for who has no time to read it: a load generator. */
  logFile?: number | undefined
}

/** How long a start may take before it counts as failed. */
const startLimitMs = 60_000

/** Starts a webhook and waits until it is ready. @throws with its log if it ends or is not ready in time */
export async function startWebhook({ env, ports, program = sourceProgram, logFile }: WebhookProcessOptions): Promise<WebhookProcess> {
  const [port = 0, operationsPort = 0] = ports === undefined ? await freePorts(2) : [ports.port, ports.operationsPort]
  const child = spawn(process.execPath, [...program, 'webhook'], {
    env: cleanEnv({ PORT: String(port), METRICS_PORT: String(operationsPort), SHUTDOWN_DELAY: '0s', SHUTDOWN_GRACE: '2s', ...env }),
    stdio: ['ignore', logFile ?? 'pipe', 'pipe'],
  })
  const logged: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', part => logged.push(part))
  const logs = () => Buffer.concat(logged).toString()
  // Not `exit`: what it has logged last may still be on its way then.
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
