import { setImmediate } from 'node:timers/promises'
import type { Attempt } from '../../src/provision/attempt.ts'
import type { ProvisionerWorld } from '../../src/provision/provisioner.ts'

export function failed(cause: string): Extract<Attempt, { result: 'failed' }> {
  return { result: 'failed', cause, retryAfterMs: 0 }
}

/** A world with a clock that only the test moves. It records calls as namespace/secret, and Events as namespace: cause. */
export function drivenWorld(answer: (namespace: string, secret: string) => Attempt | Promise<Attempt> = () => ({ result: 'created' })) {
  let nowMs = 1_000_000_000
  const timers = new Map<object, { atMs: number; act: () => void }>()
  const calls: string[] = []
  const events: string[] = []
  const world: ProvisionerWorld = {
    defaultName: 'ecr-pull',
    create: async (namespace, secret) => {
      calls.push(`${namespace}/${secret}`)
      return answer(namespace, secret)
    },
    report: async ({ name }, cause) => events.push(`${name}: ${cause}`) > 0,
    onAttempt: () => {},
    nowMs: () => nowMs,
    random: () => 1,
    after: (ms, act) => {
      const id = {}
      timers.set(id, { atMs: nowMs + ms, act })
      return () => timers.delete(id)
    },
  }

  async function settled(): Promise<void> {
    await setImmediate()
  }

  /** Moves the clock. Timers that are due act at its new time. */
  async function move(ms: number): Promise<void> {
    await settled()
    nowMs += ms
    for (const [id, { atMs, act }] of timers) {
      if (atMs > nowMs) continue
      timers.delete(id)
      act()
    }
    await settled()
  }

  return { world, calls, events, move, settled }
}
