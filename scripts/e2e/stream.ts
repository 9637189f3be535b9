import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { inNetns } from '../cluster/netns.ts'
import type { Product } from './product.ts'

/** What came of a stream of updates. */
export interface Figures {
  sent: number
  stored: number
  refused: number
  mostInFlight: number
  slowestMs: number
  seconds: number
  /** how often each refusal was said */
  messages: Record<string, number>
}

const program = resolve(import.meta.dirname, 'update-stream.ts')

/**
 * Makes Secrets in an enabled namespace, and updates them so many times a second: a hundred is all that half a core can do, and slows
 * down whatever else a test waits for.
 *
 * @returns once the first was stored, a function that ends it and says what came of it
 */
export async function startStream(t: Test, { node }: Product, namespace: string, perSecond = 100): Promise<() => Promise<Figures>> {
  const args = [`--kubeconfig=${node.kubeconfig}`, `--namespace=${namespace}`, `--perSecond=${perSecond}`]
  const [file, ...rest] = inNetns(node.netns, [process.execPath, program, ...args])
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A test that fails does not ask for figures.
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

/** In one line, for who reads the test's output. */
export function inWords({ sent, refused, mostInFlight, slowestMs, seconds, messages }: Figures): string {
  const rate = (sent / seconds).toFixed(0)
  const causes = Object.entries(messages).map(([message, count]) => `; ${count} x ${message}`)
  return `${sent} updates, ${rate}/s, ${refused} refused, ${mostInFlight} in flight at most, slowest ${slowestMs} ms${causes.join('')}`
}

/** Asserts that no update was refused, and says how many there were: on a busy machine fewer than were asked for. */
export function noneRefused(t: Test, figures: Figures): void {
  console.error(inWords(figures))
  t.ok(figures.sent > figures.seconds, 'it was a stream')
  t.equal(figures.refused, 0)
  t.same(figures.messages, {})
}
