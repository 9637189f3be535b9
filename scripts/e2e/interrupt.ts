import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import type { Product, Values } from './product.ts'

/**
 * The time that a user waits after Ctrl-C. Helm 4 rolls back at once while its upgrade continues in the background. If both run the same
 * hook, one of them waits for a Job that the other has deleted, until `--timeout` (5 minutes).
 */
const patienceMs = 20_000

export interface Interruption {
  values?: Values
  /** resolves when Helm is to be interrupted */
  until: () => Promise<unknown>
  /** SIGINT is Ctrl-C, after which SIGKILL is sent if Helm does not exit */
  signal: NodeJS.Signals
}

/** Runs Helm and interrupts it. Resolves when it has exited. @throws with the output of Helm if it exits before that */
export async function interrupt({ startHelm }: Product, args: string[], { values, until, signal }: Interruption): Promise<void> {
  const helm = startHelm(args, values)
  const ended = once(helm, 'close')
  helm.stdout.resume()
  const stderr = text(helm.stderr)
  const early = ended.then(async ([code]) => {
    throw new Error(`helm ${args[0]} exited with code ${code} before it was interrupted: ${await stderr}`)
  })
  try {
    await Promise.race([until(), early])
    helm.kill(signal)
    await Promise.race([ended, setTimeout(patienceMs, undefined, { ref: false })])
  } finally {
    // Helm is ended even if the condition fails, so that it does not affect the next test.
    helm.kill('SIGKILL')
    await ended
    await early.catch(() => {})
  }
}
