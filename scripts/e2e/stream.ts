import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { inNetns } from '../cluster/netns.ts'
import { managedSecret } from '../testbed/manifest.ts'
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

const perSecond = 100
const program = resolve(import.meta.dirname, 'update-stream.ts')

/** Makes Secrets in an enabled namespace, and updates them 100 times a second. @returns once the first was stored, a function that ends it and says what came of it */
export async function startStream(t: Test, { node, apply }: Product, namespace: string): Promise<() => Promise<Figures>> {
  const names = Array.from({ length: 100 }, (_, index) => `stream-${index}`)
  const { code, stderr } = await apply(...names.map(name => managedSecret({ namespace, name })))
  if (code !== 0) throw new Error(stderr)
  const args = [`--kubeconfig=${node.kubeconfig}`, `--namespace=${namespace}`, `--names=${names}`, `--perSecond=${perSecond}`]
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

/** Asserts that no update was refused, and says what there was. */
export function noneRefused(t: Test, figures: Figures): void {
  console.error(inWords(figures))
  // Less would be another test: the machine is too slow for this one.
  t.ok(figures.sent / figures.seconds > perSecond * 0.8, inWords(figures))
  t.equal(figures.refused, 0)
  t.same(figures.messages, {})
}
