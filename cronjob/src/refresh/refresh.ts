import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { eachOf } from './each-of.ts'
import { type Listed, listManaged, requireEnabled } from './list.ts'
import { type Plan, planOf } from './plan.ts'
import { type Touched, touch } from './touch.ts'

/** What a run needs from the world. */
export interface RefreshWorld {
  kubernetes: Kubernetes
  nowMs: () => number
  /** Called after each touch. */
  onTouched: (touched: Touched, done: number, plan: Plan) => void
  /** What stops the run (`SIGTERM`), once it shall take up nothing new. */
  stoppedBy: () => string | undefined
}

export interface RefreshOptions {
  refreshBeforeMs: number
  concurrency: number
  force: boolean
  dryRun: boolean
  /** Just these; undefined: every enabled namespace. */
  namespaces: readonly string[] | undefined
  /** One that was named by hand: instead of `namespaces`, and it must be enabled. */
  namespace: string | undefined
}

/** What came of a run. */
export interface Run extends Omit<Listed, 'secrets'> {
  plan: Plan
  touched: Touched[]
  /** Planned, and not known to be done, because the run was stopped. */
  undone: number
  stoppedBy: string | undefined
}

/**
 * list -> plan -> touch -> verify. One failing Secret or namespace never stops the others. Killed at any point, the next run completes
 * the work: nothing is remembered but what the Secrets hold.
 *
 * @throws Fault `transient` if namespaces cannot be listed, or the run is stopped before all is listed
 * @throws Fault `settings` if the namespace that was named by hand is not there or not enabled
 */
export async function refresh(world: RefreshWorld, options: RefreshOptions): Promise<Run> {
  const { secrets, ...listed } = await list(world, options)
  const plan = planOf(secrets, { nowMs: world.nowMs(), refreshBeforeMs: options.refreshBeforeMs, force: options.force })
  const touched = options.dryRun ? [] : await touchAll(plan, world, options)
  const done = touched.filter(({ result }) => result !== 'abandoned')
  const undone = options.dryRun ? 0 : plan.touch.length - done.length
  return { ...listed, plan, touched: done, undone, stoppedBy: world.stoppedBy() }
}

async function list(
  { kubernetes, stoppedBy }: RefreshWorld,
  { namespace, namespaces, concurrency }: Pick<RefreshOptions, 'namespace' | 'namespaces' | 'concurrency'>,
): Promise<Listed> {
  const scope = namespace === undefined ? namespaces : [namespace]
  try {
    if (namespace !== undefined) await requireEnabled(kubernetes, namespace)
    const listed = await listManaged(kubernetes, { namespaces: scope, concurrency, isStopping: () => stoppedBy() !== undefined })
    if (stoppedBy() === undefined) return listed
  } catch (error) {
    if (stoppedBy() === undefined) throw error
  }
  throw new Fault('transient', {
    found: `${stoppedBy()} before all Secrets were listed`,
    wanted: 'time to list and to touch them',
    todo: 'Nothing was touched; the next run does all.',
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
