import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { configMap } from '@ecr-anywhere/shared/kube/objects.ts'
import { type KubeTransport, kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import type { Logger } from 'pino'
import { authenticationConfigMap, type FrontProxy, frontProxyOf } from '../aggregated-api/front-proxy.ts'
import { polled } from '../files/polled.ts'

/** An API server that is restarting must not delay the start of the webhook. */
const requestTimeoutMs = 5_000

export interface FrontProxySource {
  frontProxy: () => FrontProxy | undefined
  /** Why the API server cannot be recognized; undefined if it can. */
  problem: () => string | undefined
  /**
   * Reads the ConfigMap now and every 10 s.
   *
   * @throws Fault `settings` if this process has no access to a cluster
   */
  watch: () => Promise<void>
}

/**
 * The ConfigMap in which API servers publish their front-proxy CA. It is read every 10 s: a watch would need one more right, and API
 * servers publish a new CA long before they use it. While the ConfigMap cannot be read, what was read before stays in use; what it says once
 * it is read is used at once, even if that means that nobody is recognized any more.
 */
export function frontProxySource(logger: Pick<Logger, 'info' | 'error'>): FrontProxySource {
  let content: string | undefined
  let usable: FrontProxy | undefined
  let problem: string | undefined = `the ConfigMap kube-system/${authenticationConfigMap.name} has not been read yet`

  async function load(transport: KubeTransport): Promise<void> {
    try {
      const data = await read(transport)
      if (usable !== undefined && JSON.stringify(data) === content) return
      content = JSON.stringify(data)
      usable = undefined
      usable = frontProxyOf(data)
      problem = undefined
      logger.info({ certificates: usable.authorities.length, names: usable.names }, 'front-proxy CA loaded')
    } catch (error) {
      if (usable === undefined) problem = sentence(error)
      throw error
    }
  }

  async function read(transport: KubeTransport): Promise<Record<string, string>> {
    const api = kubernetes(transport, { deadline: AbortSignal.timeout(requestTimeoutMs) })
    const found = await api.get(authenticationConfigMap, configMap)
    if (found !== undefined) return found.data
    throw new Fault('transient', {
      found: `no ConfigMap kube-system/${authenticationConfigMap.name}`,
      wanted: 'the one in which the API server publishes its front-proxy CA',
      todo: 'Is the aggregation layer of the API server on (its flags --requestheader-…)? If it cannot be, choose another attestation.mode.',
    })
  }

  return {
    frontProxy: () => usable,
    problem: () => problem,
    async watch() {
      const transport = await kubeTransport(loadKubeConfig(), 1)
      await polled({
        load: () => load(transport),
        onProblem: text => logger.error({ problem: text }, 'front-proxy CA cannot be loaded'),
      }).first
    },
  }
}
