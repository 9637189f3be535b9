import type { Entry, Login } from './logins.ts'

/** A login that the kubelet tries for an image, with where it comes from. */
export interface Try {
  secret: string
  /** The key of the entry in the Secret. */
  key: string
  login: Login
}

/**
 * The logins that the kubelet tries for an image, in its order: entries with a more specific key first, and equal keys in the order of the
 * Secrets. https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/credentialprovider/keyring.go
 *
 * @param image the host and repository, without a tag
 * @param secrets in the order in which the pod names them
 */
export function kubeletTries(image: string, secrets: readonly { name: string; entries: readonly Entry[] }[]): Try[] {
  const all = secrets.flatMap(({ name, entries }) => entries.map(({ key, login }) => ({ secret: name, key, login, index: indexOf(key) })))
  const order = [...new Set(all.map(({ index }) => index))].sort().reverse()
  return order
    .filter(index => matches(index, image))
    .flatMap(index => all.filter(one => one.index === index).map(({ secret, key, login }) => ({ secret, key, login })))
}

/** The key without its scheme, and without a path that is only the version of the API. */
function indexOf(key: string): string {
  const [, host = '', path = ''] = /^(?:https?:\/\/)?([^/]*)(\/.*)?$/s.exec(key) ?? []
  const effective = /^\/v[12]\//.test(path) ? path.slice(3) : path
  return effective === '' || effective === '/' ? host : host + effective
}

function matches(index: string, image: string): boolean {
  const [globHost = '', ...globPath] = index.split('/')
  const [host = '', ...path] = image.split('/')
  const [globName = '', globPort] = globHost.split(':')
  const [name = '', port] = host.split(':')
  if (globPort !== port) return false
  const [globs, labels] = [globName.split('.'), name.split('.')]
  const isHost = globs.length === labels.length && labels.every((label, at) => globToPattern(globs[at] ?? '').test(label))
  return isHost && path.join('/').startsWith(globPath.join('/'))
}

/** `*` and `?` as in a path.Match of Go; sets of characters do not occur in host names. */
function globToPattern(glob: string): RegExp {
  const escaped = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${escaped}$`, 's')
}
