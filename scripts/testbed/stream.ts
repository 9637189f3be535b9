import { setTimeout as sleep } from 'node:timers/promises'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { SecretWriter } from './secret-writer.ts'

export interface StreamOptions {
  namespace: string
  /** Of existing managed Secrets. */
  names: readonly string[]
  perSecond?: number
  /** How many are under way at a time. */
  connections?: number
}

export interface Stream {
  /** What was said to each update that was refused, so far. */
  refusals: string[]
  /** How many were sent so far. */
  sent: () => number
  /** Waits for the updates under way. */
  stop: () => Promise<{ updates: number; perSecond: number; refusals: string[] }>
}

/** Updates that need a fresh admission each, at an even pace where the machine keeps up, until it is stopped. */
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
