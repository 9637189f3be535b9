import { KubeConfig } from '@kubernetes/client-node'
import { Fault } from '../fault.ts'

export interface KubeConfigChoice {
  /** A kubeconfig file, instead of the usual places. */
  file?: string | undefined
  /** A context, instead of the current one. */
  context?: string | undefined
}

/**
 * Finds the cluster by the usual rules (KUBECONFIG, ~/.kube/config, in-cluster), or in the given file and context.
 *
 * @throws Fault `settings` if there is no cluster, no such file or no such context
 */
export function loadKubeConfig({ file, context }: KubeConfigChoice = {}): KubeConfig {
  const config = new KubeConfig()
  try {
    if (file === undefined) config.loadFromDefault()
    else config.loadFromFile(file)
  } catch (cause) {
    throw file === undefined ? noCluster(file, cause) : unreadable(file, cause)
  }
  if (context !== undefined) choose(config, context)
  // client-node falls back to http://localhost:8080, as kubectl once did. This is refused, because it is a guess and not encrypted.
  if (config.getCurrentCluster()?.server === 'http://localhost:8080') throw noCluster(file, undefined)
  if (config.getCurrentCluster() === null) throw incomplete(config, file)
  const { server, skipTLSVerify } = config.getCurrentCluster() ?? {}
  if (server?.startsWith('http:') && skipTLSVerify !== true) throw plainHttp(server)
  return config
}

function choose(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name)
  if (!names.includes(context)) {
    throw new Fault('settings', {
      found: `no context ${JSON.stringify(context)} in the kubeconfig`,
      wanted: names.length === 0 ? 'a kubeconfig with contexts' : `one of ${names.join(', ')}`,
      todo: 'See `kubectl config get-contexts`.',
    })
  }
  config.setCurrentContext(context)
}

function unreadable(file: string, cause: unknown): Fault {
  const { code } = cause as NodeJS.ErrnoException
  return new Fault('settings', {
    found: `the kubeconfig ${file}, which cannot be read (${code ?? 'it is not a kubeconfig'})`,
    wanted: 'a kubeconfig file',
    todo: 'Correct --kubeconfig, or leave it out to use KUBECONFIG or ~/.kube/config.',
    cause,
  })
}

/** client-node would also refuse it, but only at the first request and without naming the server. */
function plainHttp(server: string): Fault {
  return new Fault('settings', {
    found: `the cluster ${server} in plain HTTP`,
    wanted: 'https',
    todo: 'Use https; for a proxy on this machine (kubectl proxy), set insecure-skip-tls-verify: true on the cluster.',
  })
}

/** There is no current context, or it names a cluster that does not exist. */
function incomplete(config: KubeConfig, file: string | undefined): Fault {
  const name = config.getCurrentContext()
  if (name === '' || name === undefined) return noCluster(file, undefined)
  const { cluster } = config.getContextObject(name) ?? {}
  return new Fault('settings', {
    found:
      cluster === undefined
        ? `the current context ${JSON.stringify(name)}, which is not in the kubeconfig`
        : `the context ${JSON.stringify(name)} with the cluster ${JSON.stringify(cluster)}, which is not in the kubeconfig`,
    wanted: 'a context with a cluster that has a server',
    todo: 'See `kubectl config get-contexts`.',
  })
}

function noCluster(file: string | undefined, cause: unknown): Fault {
  if (file !== undefined) {
    return new Fault('settings', {
      found: `no current context in the kubeconfig ${file}`,
      wanted: 'one with a server',
      todo: `Choose one with --context, or with \`kubectl config use-context NAME --kubeconfig ${file}\`.`,
      cause,
    })
  }
  return new Fault('settings', {
    found: 'no usable cluster in KUBECONFIG, ~/.kube/config or the service account of this pod',
    wanted: 'one current context with a server',
    todo: 'Set KUBECONFIG, or run in a pod that has its service account token mounted.',
    cause,
  })
}
