import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { eachOf } from '../each-of.ts'
import { type Listed, listManaged, requireEnabled } from './list.ts'
import { type Plan, planOf } from './plan.ts'
import { createMissing, type Repaired } from './pull-secrets.ts'
import { type Touched, touch } from './touch.ts'

/** The effects that a run needs. */
export interface RefreshWorld {
  kubernetes: Kubernetes
  nowMs: () => number
  /** Called after each touch. */
  onTouched: (touched: Touched, done: number, plan: Plan) => void
  /** The signal that stopped the run, such as `SIGTERM`; then no further Secret is touched. Undefined while it is not stopped. */
  stoppedBy: () => string | undefined
}

export interface RefreshOptions {
  refreshBeforeMs: number
  concurrency: number
  force: boolean
  dryRun: boolean
  /** The namespaces to refresh; undefined for every enabled namespace. */
  namespaces: readonly string[] | undefined
  /** A namespace given by flag, which replaces `namespaces` and must be enabled. */
  namespace: string | undefined
  /** The default name of pull Secrets; undefined if missing ones are not created. */
  pullSecrets: { defaultName: string | undefined } | undefined
}

/** The result of a run. */
export interface Run extends Omit<Listed, 'secrets'> {
  plan: Plan
  touched: Touched[]
  /** The missing pull Secrets, unless it is a dry run. */
  repaired: Repaired[]
  /** The number of planned Secrets without a result, because the run was stopped. */
  undone: number
  stoppedBy: string | undefined
}

/**
 * list -> create what is missing -> plan -> touch -> verify. A Secret or namespace that fails does not stop the others. The only state is in
 * the Secrets, so after a run is killed at any point, the next run completes its work.
 *
 * @throws Fault `transient` if namespaces cannot be listed, or the run is stopped before all Secrets are listed
 * @throws Fault `settings` if the namespace given by flag does not exist or is not enabled
 */
export async function refresh(world: RefreshWorld, options: RefreshOptions): Promise<Run> {
  const { secrets, ...listed } = await list(world, options)
  const { kubernetes, stoppedBy } = world
  const { concurrency, dryRun } = options
  const isStopping = () => stoppedBy() !== undefined
  // First, because pods of these namespaces cannot pull now.
  const repaired = dryRun ? [] : await createMissing(listed.missing, { kubernetes, concurrency, isStopping })
  const plan = planOf(secrets, { nowMs: world.nowMs(), refreshBeforeMs: options.refreshBeforeMs, force: options.force })
  const touched = dryRun ? [] : await touchAll(plan, world, options)
  const done = touched.filter(({ result }) => result !== 'abandoned')
  const undone = dryRun ? 0 : plan.touch.length - done.length
  return { ...listed, repaired, plan, touched: done, undone, stoppedBy: world.stoppedBy() }
}

async function list(
  { kubernetes, stoppedBy }: RefreshWorld,
  { namespace, namespaces, concurrency, pullSecrets }: RefreshOptions,
): Promise<Listed> {
  const scope = namespace === undefined ? namespaces : [namespace]
  try {
    if (namespace !== undefined) await requireEnabled(kubernetes, namespace)
    const isStopping = () => stoppedBy() !== undefined
    const listed = await listManaged(kubernetes, { namespaces: scope, concurrency, pullSecrets, isStopping })
    if (stoppedBy() === undefined) return listed
  } catch (error) {
    if (stoppedBy() === undefined) throw error
  }
  throw new Fault('transient', {
    found: `${stoppedBy()} before all Secrets were listed`,
    wanted: 'time to list and to touch them',
    todo: 'No Secret was touched. The next run refreshes them.',
  })
}

async function touchAll(plan: Plan, world: RefreshWorld, { refreshBeforeMs, concurrency }: RefreshOptions): Promise<Touched[]> {
  const { kubernetes, nowMs, onTouched, stoppedBy } = world
  const touched: Touched[] = []
  await eachOf(plan.touch, concurrency, async secret => {
    if (stoppedBy() !== undefined) return
    const result = await touch(secret, { kubernetes, nowMs, refreshBeforeMs })
    touched.push(result)
    onTouched(result, touched.length, plan)
  })
  return touched
}
