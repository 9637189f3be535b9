import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import type { Product, Values } from './product.ts'

/**
 * How long a user waits after Ctrl-C. Helm 4 rolls back at once while its own upgrade goes on in the background: where both run the same
 * hook, one waits for a Job that the other has deleted, for as long as `--timeout` says (5 minutes).
 */
const patienceMs = 20_000

export interface Interruption {
  values?: Values
  /** when it is interrupted: once this has come true */
  until: () => Promise<unknown>
  /** SIGINT is Ctrl-C; whoever sends it sends SIGKILL when nothing more happens */
  signal: NodeJS.Signals
}

/** Runs Helm and interrupts it. Resolves when it has ended. @throws with Helm's words where it ends before that */
export async function interrupt({ startHelm }: Product, args: string[], { values, until, signal }: Interruption): Promise<void> {
  const helm = startHelm(args, values)
  const ended = once(helm, 'close')
  helm.stdout.resume()
  const said = text(helm.stderr)
  const early = ended.then(async ([code]) => {
    throw new Error(`helm ${args[0]} was to be interrupted, and ended with code ${code}: ${await said}`)
  })
  try {
    await Promise.race([until(), early])
    helm.kill(signal)
    await Promise.race([ended, setTimeout(patienceMs, undefined, { ref: false })])
  } finally {
    // Whatever became of the condition, the next test finds no Helm at work.
    helm.kill('SIGKILL')
    await ended
    await early.catch(() => {})
  }
}
