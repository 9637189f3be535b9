import type { ObjectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { wantedPullSecret } from '@ecr-anywhere/shared/pull-secret.ts'
import { type Attempt, graceMs, waitMs } from './attempt.ts'
import { history, type Past } from './history.ts'
import { type Reported, reportDue } from './reported.ts'

/** A namespace that asks for a pull Secret. */
export interface Namespace {
  name: string
  uid: string
  /** What of the namespace decides, so that other changes to it cause no call. */
  asks: string
  secret: string
  /** When it began to ask for this Secret, in milliseconds since the epoch. */
  sinceMs: number
  state: 'pending' | 'ready' | 'failing'
  /** Why it is not ready yet. */
  cause?: string
}

export interface ProvisionerWorld {
  defaultName: string | undefined
  /** Creates the Secret. It never throws. */
  create: (namespace: string, secret: string) => Promise<Attempt>
  /** Writes an Event. @returns whether it is written */
  report: (namespace: Namespace, cause: string) => Promise<boolean>
  onAttempt: (namespace: Namespace, attempt: Attempt) => void
  nowMs: () => number
  random: () => number
  /** As setTimeout. @returns a function that cancels it */
  after: (ms: number, act: () => void) => () => void
}

export interface Provisioner {
  found: (namespace: ObjectMeta, how: 'listed' | 'changed') => void
  lost: (name: string) => void
  listed: (names: ReadonlySet<string>) => void
  namespaces: () => Iterable<Readonly<Namespace>>
  /** Starts no further attempts. Resolves when those in flight are done. */
  stop: () => Promise<void>
}

/** The number of concurrent requests. */
export const concurrency = 16
/** Of these, how many may be for namespaces that existed at the start and most likely have their Secret, so that new ones never wait for them. */
export const backlogConcurrency = 8

interface Entry extends Namespace {
  /** Why no Secret can be created, so that the API server is not asked. */
  refused?: Extract<Attempt, { result: 'failed' }>
  past: Past
  /** Consecutive failed attempts. */
  failures: number
  reported: Reported | undefined
  queue: 'new' | 'backlog'
  cancel?: () => void
}

/** Creates the pull Secrets of the namespaces that an informer reports. It holds a small record for each of them, and no credentials. */
export function provisioner(world: ProvisionerWorld): Provisioner {
  const { defaultName, nowMs, random, after } = world
  const entries = new Map<string, Entry>()
  const departed = history<Pick<Entry, 'uid' | 'past' | 'reported'>>()
  const due = { new: new Set<Entry>(), backlog: new Set<Entry>() }
  const inFlight = new Map<Entry, Promise<void>>()
  let backlogInFlight = 0
  // The backlog waits for the first list, which would take several times as long behind its requests, and with it the watch for new namespaces.
  let isListed = false
  let isStopping = false

  function found(meta: ObjectMeta, how: 'listed' | 'changed'): void {
    const wanted = wantedPullSecret(meta, defaultName)
    const before = entries.get(meta.name)
    if (wanted === undefined) {
      lost(meta.name)
      return
    }
    const problem = 'problem' in wanted ? wanted.problem.message : undefined
    const secret = 'name' in wanted ? wanted.name : ''
    // Not the annotation itself, which may be as long as a quarter of a megabyte.
    const asks = [meta.uid, meta.labels[labels.namespace], problem ?? secret].join(' ')
    if (before?.asks === asks) return
    lost(meta.name)
    const known = departed.take(meta.name, nowMs())
    const { past, reported } = known?.uid === meta.uid ? known : { past: { asked: 0, lastAtMs: 0 }, reported: undefined }
    const common = { name: meta.name, uid: meta.uid, asks, sinceMs: nowMs(), state: 'pending' as const, failures: 0, past, reported }
    const entry: Entry = { ...common, secret, queue: how === 'listed' ? 'backlog' : 'new' }
    if (problem !== undefined) entry.refused = { result: 'failed', cause: problem, retryAfterMs: 0 }
    entries.set(meta.name, entry)
    schedule(entry, 0)
  }

  function lost(name: string): void {
    const entry = entries.get(name)
    if (entry === undefined) return
    forget(entry)
    departed.keep(name, entry, nowMs())
  }

  function forget(entry: Entry): void {
    if (entries.get(entry.name) === entry) entries.delete(entry.name)
    entry.cancel?.()
    due[entry.queue].delete(entry)
  }

  function schedule(entry: Entry, leastMs: number): void {
    const { asked, lastAtMs } = entry.past
    // A namespace that asks for a Secret again and again, because its label flaps, waits as one that fails again and again.
    const times = entry.failures > 0 ? entry.failures : asked
    const restMs = times === 0 ? 0 : lastAtMs + waitMs(times, random()) - nowMs()
    const waitedMs = Math.max(restMs, leastMs)
    const enqueue = () => {
      due[entry.queue].add(entry)
      pump()
    }
    if (waitedMs <= 0) enqueue()
    else entry.cancel = after(waitedMs, enqueue)
  }

  function pump(): void {
    while (!isStopping && inFlight.size < concurrency) {
      const mayTakeBacklog = isListed && backlogInFlight < backlogConcurrency
      const [entry] = due.new.size > 0 || !mayTakeBacklog ? due.new : due.backlog
      if (entry === undefined) return
      due[entry.queue].delete(entry)
      start(entry)
    }
  }

  function start(entry: Entry): void {
    const isBacklog = Number(entry.queue === 'backlog')
    backlogInFlight += isBacklog
    const done = attempt(entry).finally(() => {
      inFlight.delete(entry)
      backlogInFlight -= isBacklog
      pump()
    })
    inFlight.set(entry, done)
  }

  async function attempt(entry: Entry): Promise<void> {
    const result = entry.refused ?? (await world.create(entry.name, entry.secret))
    // The record of a namespace that was lost meanwhile is in `departed`, and must have this attempt as well.
    if (entry.failures === 0) entry.past.asked += 1
    if (result.result === 'failed') entry.failures += 1
    entry.past.lastAtMs = nowMs()
    if (entries.get(entry.name) !== entry) return
    const isFailing = result.result === 'failed' && (result === entry.refused || nowMs() - entry.sinceMs >= graceMs)
    entry.state = result.result === 'failed' ? (isFailing ? 'failing' : 'pending') : 'ready'
    if (result.result === 'failed') entry.cause = result.cause
    else delete entry.cause
    world.onAttempt(entry, result)
    if (result.result === 'gone') return forget(entry)
    if (result.result !== 'failed') return
    if (isFailing) {
      // However many namespaces cannot be served, new ones do not wait for them.
      entry.queue = 'backlog'
      await report(entry)
    }
    if (entries.get(entry.name) === entry) schedule(entry, result.retryAfterMs)
  }

  async function report(entry: Entry): Promise<void> {
    const { cause = '' } = entry
    const next = reportDue(entry.reported, cause, nowMs())
    if (next !== undefined && (await world.report(entry, cause))) entry.reported = next
  }

  return {
    found,
    lost,
    listed: names => {
      for (const name of [...entries.keys()]) if (!names.has(name)) lost(name)
      isListed = true
      pump()
    },
    namespaces: () => entries.values(),
    stop: async () => {
      isStopping = true
      for (const entry of entries.values()) entry.cancel?.()
      await Promise.all(inFlight.values())
    },
  }
}
