import { Agent } from 'node:https'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { call } from '@ecr-anywhere/scripts/testbed/https-call.ts'

export interface TrafficOptions {
  url: string
  operationsUrl: string
  /** A review that must be injected. */
  body: string
}

export interface Traffic {
  answered: number
  /** Missing and wrong answers. */
  problems: string[]
  slowestMs: number
}

/**
 * Sends what an API server and a kubelet send: reviews on a kept connection and on new ones, and probes. It runs in its own thread, because
 * the attack keeps the main thread busy. Resolves after the first answers. @returns a function that ends the traffic
 */
export async function goodTraffic(options: TrafficOptions): Promise<() => Promise<Traffic>> {
  const worker = new Worker(import.meta.filename, { workerData: options })
  const next = () => new Promise<Traffic>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await next()
  return async () => {
    const last = next()
    worker.postMessage('stop')
    return last
  }
}

if (parentPort !== null) await send(workerData, parentPort)

async function send({ url, operationsUrl, body }: TrafficOptions, parent: NonNullable<typeof parentPort>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
  const traffic: Traffic = { answered: 0, problems: [], slowestMs: 0 }
  let isOver = false
  parent.once('message', () => {
    isOver = true
  })

  async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
    const startMs = performance.now()
    const problem = await work().then(
      () => undefined,
      error => error.code ?? error.message,
    )
    traffic.slowestMs = Math.max(traffic.slowestMs, performance.now() - startMs)
    if (problem === undefined) traffic.answered += 1
    else traffic.problems.push(`${what}: ${problem}`)
  }

  async function review(through: object): Promise<void> {
    const options = { host: '127.0.0.1', path: '/inject/default?timeout=10s', rejectUnauthorized: false, ...through }
    const { status, body: text } = await call(Number(new URL(url).port), options, body)
    if (status !== 200 || JSON.parse(text).response.patch === undefined) throw new Error(`${status} ${text}`)
  }

  async function probe(): Promise<void> {
    const { status } = await fetch(`${operationsUrl}/readyz`, { headers: { connection: 'close' } })
    if (status !== 200) throw new Error(String(status))
  }

  do {
    await timed('a review on a kept connection', () => review({ agent }))
    await timed('a review on a new connection', () => review({}))
    await timed('a probe', probe)
    if (traffic.answered + traffic.problems.length === 3) parent.postMessage(traffic)
  } while (!isOver)
  agent.destroy()
  parent.postMessage(traffic)
}
