import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { KubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { listMetadata, type ObjectMeta } from '@ecr-anywhere/shared/kube/metadata.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { type ManagedSecret, type Plan, planOf } from './plan.ts'
import { type Touched, touch } from './touch.ts'

/** What a run needs from the world. */
export interface RefreshWorld {
  /** One request, with its retries. */
  send: KubeClient['request']
  nowMs: () => number
  /** Called after each touch. */
  onTouched: (touched: Touched, done: number, plan: Plan) => void
  /** True once the run shall take up nothing new (SIGTERM). */
  isStopping: () => boolean
}

export interface RefreshOptions {
  refreshBeforeMs: number
  concurrency: number
  force: boolean
  dryRun: boolean
  /** Undefined: every enabled namespace. */
  namespaces: readonly string[] | undefined
}

/** What came of a run. */
export interface Run {
  plan: Plan
  touched: Touched[]
  /** Namespaces that could not be listed, with the cause. */
  unlisted: { namespace: string; cause: string }[]
  /** Planned and not done, because the run was told to stop. */
  undone: number
}

/**
 * list -> plan -> touch -> verify. One failing Secret or namespace never stops the others. Killed at any point, the next run completes
 * the work: nothing is remembered but what stands on the Secrets.
 *
 * @throws Fault `passing` if the namespaces themselves cannot be listed
 */
export async function refresh(world: RefreshWorld, options: RefreshOptions): Promise<Run> {
  const { secrets, unlisted } = await listSecrets(world, options)
  const plan = planOf(secrets, { nowMs: world.nowMs(), refreshBeforeMs: options.refreshBeforeMs, force: options.force })
  const touched = options.dryRun ? [] : await touchAll(plan, world, options)
  return { plan, touched, unlisted, undone: options.dryRun ? 0 : plan.touch.length - touched.length }
}

async function listSecrets({ send }: RefreshWorld, { namespaces, concurrency }: RefreshOptions) {
  const names = namespaces ?? (await enabledNamespaces(send))
  const secrets: ManagedSecret[] = []
  const unlisted: Run['unlisted'] = []
  await eachOf(names, concurrency, async namespace => {
    try {
      const pages = listMetadata(send, { path: `/api/v1/namespaces/${namespace}/secrets`, labelSelector: `${labels.managed}=true` })
      for await (const page of pages) secrets.push(...page.map(toManaged))
    } catch (error) {
      unlisted.push({ namespace, cause: sentence(error) })
    }
  })
  return { secrets, unlisted }
}

async function enabledNamespaces(send: KubeClient['request']): Promise<string[]> {
  const pages = await Array.fromAsync(listMetadata(send, { path: '/api/v1/namespaces', labelSelector: labels.namespace }))
  return pages.flat().map(({ name }) => name)
}

function toManaged({ namespace, name, uid, annotations: notes }: ObjectMeta): ManagedSecret {
  return { namespace, name, uid, expiresAt: notes[annotations.expiresAt] }
}

async function touchAll(
  plan: Plan,
  { send, nowMs, onTouched, isStopping }: RefreshWorld,
  { refreshBeforeMs, concurrency }: RefreshOptions,
) {
  const touched: Touched[] = []
  await eachOf(plan.touch, concurrency, async secret => {
    if (isStopping()) return
    const result = await touch(secret, { send, nowMs, refreshBeforeMs })
    touched.push(result)
    onTouched(result, touched.length, plan)
  })
  return touched
}

/** Works on all items, so many at a time. `work` does not throw. */
async function eachOf<T>(items: readonly T[], concurrency: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const item of left) await work(item)
    }),
  )
}
