import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { failed, failedBy, ok } from '../../findings/finding.ts'
import { shortTime } from '../../terminal/short-time.ts'
import type { Check } from '../check.ts'

/** The first minor version of Kubernetes 1 that is supported. */
const minMinor = 30
/** AWS refuses signatures that are more than five minutes off, and expiries are compared with this clock. */
const maxSkewMs = 60_000

/** Without it, nothing else can be told. */
export const clusterReachable: Check = {
  id: 'cluster-reachable',
  title: 'the API server answers',
  run: async ({ version, cluster }) => {
    try {
      return ok(`Kubernetes ${(await version()).version} at ${cluster.server}`)
    } catch (error) {
      if (error instanceof Fault) return failedBy(error)
      throw error
    }
  },
}

export const clusterChecks: readonly Check[] = [
  clusterReachable,
  {
    id: 'cluster-version',
    title: 'the version of Kubernetes is supported',
    run: async ({ version: read }) => {
      const { version, minor } = await read()
      if (minor >= minMinor) return ok(version)
      return failed(`Kubernetes ${version}`, `1.${minMinor} or later`, 'Upgrade the cluster: the policies of this product need it.')
    },
  },
  {
    id: 'cluster-clock',
    title: 'the clocks of the API server and of this machine agree',
    run: async ({ version }) => {
      const { aheadMs } = await version()
      if (Math.abs(aheadMs) <= maxSkewMs) return ok(`within ${shortTime(maxSkewMs)}`)
      return failed(
        `that the API server's clock is ${shortTime(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} that of this machine`,
        `a difference of less than ${shortTime(maxSkewMs)}`,
        'Set the clock that is wrong (NTP). Until then, expiries and ages that are shown here are wrong, too.',
      )
    },
  },
]
