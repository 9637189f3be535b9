/** Why a node cannot pull an image, by what its kubelet or its container runtime says. */
export interface PullFailure {
  cause:
    | 'no credentials'
    | 'expired'
    | 'refused'
    | 'not authorized'
    | 'missing'
    | 'platform'
    | 'network'
    | 'certificate'
    | 'throttled'
    | 'unknown'
  /** The cause in a part of a sentence. */
  found: string
  todo: string
}

const verify = 'Run `ecr-anywhere verify` on the pod, which asks the registry.'

/**
 * The texts of containerd and CRI-O, which have no codes. The first that matches counts, so the more specific ones come first.
 * https://github.com/containerd/containerd/tree/main/core/remotes/docker, https://github.com/containers/image/tree/main/docker
 */
const patterns: readonly [pattern: RegExp, failure: PullFailure][] = [
  [
    /token has expired/i,
    {
      cause: 'expired',
      found: 'credentials that have expired',
      todo: 'Run `ecr-anywhere status` and `ecr-anywhere doctor`: the Secret was not renewed.',
    },
  ],
  [
    /no basic auth credentials/i,
    {
      cause: 'no credentials',
      found: 'no credentials for this registry on the pod',
      todo: 'Add the managed Secret to the imagePullSecrets of the ServiceAccount, then recreate the pod: existing pods do not change.',
    },
  ],
  [
    /no match for platform|does not match the (?:specified|detected|expected) platform|no image found in (?:image index|manifest list) for architecture/i,
    {
      cause: 'platform',
      found: 'no image for the platform of the node',
      todo: 'Build the image for this platform, or choose nodes by kubernetes.io/arch.',
    },
  ],
  [
    /toomanyrequests|\b429\b/i,
    { cause: 'throttled', found: 'a registry that throttles the node', todo: 'The kubelet tries again by itself.' },
  ],
  [
    /x509|certificate/i,
    {
      cause: 'certificate',
      found: 'a certificate that the node does not trust',
      todo: 'Is a proxy between the node and the registry? The node must trust its CA.',
    },
  ],
  [
    /dial tcp|i\/o timeout|no such host|connection (?:refused|reset)|context deadline exceeded|TLS handshake timeout|\bEOF\b/i,
    {
      cause: 'network',
      found: 'no connection from the node to the registry',
      todo: 'Check the network of the node: DNS, routes, firewalls, private endpoints, the proxy of the container runtime.',
    },
  ],
  [
    /403 Forbidden|not authorized|\bdenied\b/i,
    { cause: 'not authorized', found: 'credentials that may not pull this image', todo: verify },
  ],
  [
    /401|unauthorized|authentication required|authorization failed/i,
    { cause: 'refused', found: 'credentials that the registry refuses', todo: verify },
  ],
  [
    /not found|manifest unknown|does not exist/i,
    { cause: 'missing', found: 'no such image in the registry', todo: `Correct the name of the image, or push it. ${verify}` },
  ],
]

/** @param message of a waiting container or an Event */
export function pullFailure(message: string): PullFailure {
  const found = patterns.find(([pattern]) => pattern.test(message))?.[1]
  return found ?? { cause: 'unknown', found: 'an image that cannot be pulled, for a reason that is not known', todo: verify }
}

/** Whether the message says more than that the kubelet waits. Older kubelets tell the reason in an Event only. */
export function tellsReason(message: string): boolean {
  return pullFailure(message).cause !== 'unknown'
}
