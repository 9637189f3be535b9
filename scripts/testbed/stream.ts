import { setTimeout as sleep } from 'node:timers/promises'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { SecretWriter } from './secret-writer.ts'

export interface StreamOptions {
  namespace: string
  /** The names of existing managed Secrets. */
  names: readonly string[]
  perSecond?: number
  /** The maximum number of concurrent updates. */
  connections?: number
}

export interface Stream {
  /** The messages of the denied updates so far. */
  refusals: string[]
  /** @returns the number of updates so far */
  sent: () => number
  /** Stops the stream and waits for the updates in progress. */
  stop: () => Promise<{ updates: number; perSecond: number; refusals: string[] }>
}

/** Sends updates at a constant rate, if the machine is fast enough, until it is stopped. Each update causes an admission. */
export function stream(
  { patch }: Pick<SecretWriter, 'patch'>,
  { namespace, names, perSecond = 100, connections = 16 }: StreamOptions,
): Stream {
  const refusals: string[] = []
  const startedMs = performance.now()
  const isOver = new AbortController()
  let sent = 0
  const worker = async () => {
    while (!isOver.signal.aborted) {
      const at = sent++
      await sleep(Math.max(startedMs + (at / perSecond) * 1000 - performance.now(), 0))
      const mark = { [annotations.markedForUpdateAt]: new Date(startedMs + at).toISOString() }
      const { status, message } = await patch(namespace, names[at % names.length] ?? '', { metadata: { annotations: mark } })
      if (status !== 200) refusals.push(`${status} ${message}`)
    }
  }
  const workers = Array.from({ length: connections }, worker)
  return {
    refusals,
    sent: () => sent,
    stop: async () => {
      isOver.abort()
      await Promise.all(workers)
      return { updates: sent, perSecond: (sent / (performance.now() - startedMs)) * 1000, refusals }
    },
  }
}
