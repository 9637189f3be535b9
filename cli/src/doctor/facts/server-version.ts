import { refused } from '@ecr-anywhere/shared/kube/status.ts'
import * as z from 'zod'
import type { Cluster } from '../../cluster/cluster.ts'

export interface ServerVersion {
  /** Such as `v1.36.3`. */
  version: string
  minor: number
  /** How far the API server's clock is ahead of this machine's, in milliseconds; negative if it is behind. Precise to a second or two. */
  aheadMs: number
}

const schema = z.object({ gitVersion: z.string() })

/** @throws Fault `transient` if the API server does not answer, or refuses */
export async function serverVersion({ request }: Pick<Cluster, 'request'>, nowMs: () => number): Promise<ServerVersion> {
  const answer = await request({ method: 'GET', path: '/version' })
  const read = schema.safeParse(answer.body)
  if (answer.status !== 200 || !read.success) throw refused('reading /version', answer)
  const [, minor = '0'] = /^v1\.(\d+)/.exec(read.data.gitVersion) ?? []
  return { version: read.data.gitVersion, minor: Number(minor), aheadMs: (answer.dateMs ?? nowMs()) - nowMs() }
}
