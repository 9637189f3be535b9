import { randomBytes } from 'node:crypto'
import { eventually } from './eventually.ts'
import { type Product, releaseNamespace } from './product.ts'

export interface EndedJob {
  succeeded: boolean
  /** the reason of a failure: `PodFailurePolicy`, `BackoffLimitExceeded`, … */
  reason: string
  pods: { exitCode: number; message: string }[]
}

interface Job {
  metadata: { name: string; creationTimestamp: string }
  status?: { conditions?: { type: string; status: string; reason?: string }[] }
}

/** Creates a Job from a CronJob, with further environment variables. @returns its name */
export async function startJob({ kubectl, node }: Product, cronJob: string, env: Record<string, string> = {}, retries?: number) {
  const { spec } = JSON.parse(await kubectl('get', 'cronjob', cronJob, '-n', releaseNamespace, '-o', 'json'))
  const { spec: job, metadata } = spec.jobTemplate
  const name = `${cronJob}-${randomBytes(4).toString('hex')}`
  if (retries !== undefined) job.backoffLimit = retries
  const [container] = job.template.spec.containers
  container.env = [
    ...container.env.filter((one: { name: string }) => !(one.name in env)),
    ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
  ]
  const object = { apiVersion: 'batch/v1', kind: 'Job', metadata: { ...metadata, name, namespace: releaseNamespace }, spec: job }
  const { code, stderr } = await node.kubectl('create', '-f', '-', { input: JSON.stringify(object) })
  if (code !== 0) throw new Error(stderr)
  return name
}

/** Waits until a Job has ended. */
export async function ended(product: Product, name: string): Promise<EndedJob> {
  const condition = await eventually(`Job ${name} ends`, async () => {
    const job: Job = JSON.parse(await product.kubectl('get', 'job', name, '-n', releaseNamespace, '-o', 'json'))
    return job.status?.conditions?.find(({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'))
  })
  return { succeeded: condition.type === 'Complete', reason: condition.reason ?? '', pods: await endedPods(product, name) }
}

/** Creates a Job from a CronJob and waits until it has ended. */
export async function runJob(product: Product, cronJob: string, env: Record<string, string> = {}, retries?: number): Promise<EndedJob> {
  return ended(product, await startJob(product, cronJob, env, retries))
}

/** Waits until the next Job that a CronJob creates by its schedule has ended. */
export async function nextScheduled(product: Product, cronJob: string): Promise<EndedJob> {
  const known = new Set(await jobsOf(product, cronJob))
  const name = await eventually(`the schedule of ${cronJob} creates a Job`, async () =>
    (await jobsOf(product, cronJob)).find(one => !known.has(one)),
  )
  return ended(product, name)
}

async function jobsOf({ kubectl }: Product, cronJob: string): Promise<string[]> {
  const listed = await kubectl('get', 'jobs', '-n', releaseNamespace, '-o', 'jsonpath={.items[*].metadata.name}')
  return listed.split(' ').filter(name => new RegExp(`^${cronJob}-\\d+$`).test(name))
}

async function endedPods({ kubectl }: Product, job: string): Promise<EndedJob['pods']> {
  const { items } = JSON.parse(await kubectl('get', 'pods', '-n', releaseNamespace, '-l', `job-name=${job}`, '-o', 'json'))
  return items.map((pod: { status: { containerStatuses?: { state: { terminated?: { exitCode: number; message?: string } } }[] } }) => {
    const { exitCode = -1, message = '' } = pod.status.containerStatuses?.[0]?.state.terminated ?? {}
    return { exitCode, message }
  })
}
