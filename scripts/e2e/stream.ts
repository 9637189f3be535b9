import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { inNetns } from '../cluster/netns.ts'
import type { Product } from './product.ts'

/** The results of a stream of updates. */
export interface Figures {
  sent: number
  stored: number
  refused: number
  mostInFlight: number
  slowestMs: number
  seconds: number
  /** the number of denials by message */
  messages: Record<string, number>
}

const program = resolve(import.meta.dirname, 'update-stream.ts')

/**
 * Creates Secrets in an enabled namespace, and updates them at this rate per second. A rate of a hundred uses half a core, which slows
 * down other parts of a test.
 *
 * @returns a function that ends the stream and returns its results, after the first update was stored
 */
export async function startStream(t: Test, { node }: Product, namespace: string, perSecond = 100): Promise<() => Promise<Figures>> {
  const args = [`--kubeconfig=${node.kubeconfig}`, `--namespace=${namespace}`, `--perSecond=${perSecond}`]
  const [file, ...rest] = inNetns(node.netns, [process.execPath, program, ...args])
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A failing test does not read the results.
  t.teardown(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  if ((await lines.next()).done) throw new Error('the stream ended before its first update was stored')
  const closed = once(child, 'close')
  return async () => {
    child.kill('SIGTERM')
    const { value } = await lines.next()
    await closed
    return JSON.parse(value ?? '')
  }
}

/** The results on one line, for the output of the test. */
export function inWords({ sent, refused, mostInFlight, slowestMs, seconds, messages }: Figures): string {
  const rate = (sent / seconds).toFixed(0)
  const causes = Object.entries(messages).map(([message, count]) => `; ${count} x ${message}`)
  return `${sent} updates, ${rate}/s, ${refused} refused, ${mostInFlight} in flight at most, slowest ${slowestMs} ms${causes.join('')}`
}

/** Asserts that no update was denied, and prints the number of updates, which may be lower on a busy machine. */
export function noneRefused(t: Test, figures: Figures): void {
  console.error(inWords(figures))
  t.ok(figures.sent > figures.seconds, 'there was more than one update per second')
  t.equal(figures.refused, 0)
  t.same(figures.messages, {})
}
