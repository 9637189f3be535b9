import { createHash } from 'node:crypto'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Cluster } from './cluster.ts'
import { must } from './testbed.ts'

export interface StoredLogin {
  username: string
  password: string
  /** base64 of both, which docker reads. A Secret for a single login has none. */
  auth?: string
}

/** A Secret as the API server stores it. Failing tests print `logins` and `digests`, which contain no password. */
export interface StoredSecret {
  type: string
  resourceVersion: string
  labels: Record<string, string>
  annotations: Record<string, string>
  /** By registry: `AWS:` and a digest of the password. */
  logins: Record<string, string>
  /** A digest of each key's content. */
  digests: Record<string, string>
  login: (registry: string) => StoredLogin | undefined
  /** @returns the decoded content of a key, which may contain passwords */
  text: (key: string) => string | undefined
}

export async function storedSecret({ kubectl }: Cluster, { namespace, name }: { namespace: string; name: string }): Promise<StoredSecret> {
  return parseSecret(JSON.parse(await must(kubectl('get', 'secret', '-n', namespace, name, '-o', 'json'))))
}

/** @param object a Secret in JSON, such as the answer of `kubectl create -o json` */
// biome-ignore lint/suspicious/noExplicitAny: what kubectl printed
export function parseSecret(object: any): StoredSecret {
  const { type, metadata, data = {} } = object
  const found = loginsIn(object)
  return {
    type,
    resourceVersion: metadata.resourceVersion,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    logins: Object.fromEntries([...found].map(([host, { username, password }]) => [host, `${username}:${digest(password)}`])),
    digests: Object.fromEntries(Object.entries<string>(data).map(([key, value]) => [key, digest(value)])),
    login: registry => found.get(registry),
    text: key => (data[key] === undefined ? undefined : Buffer.from(data[key], 'base64').toString()),
  }
}

/** A short digest, with which texts can be compared without printing them. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

// biome-ignore lint/suspicious/noExplicitAny: what kubectl printed
function loginsIn({ type, metadata, data = {} }: any): Map<string, StoredLogin> {
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString()
  if (type === 'kubernetes.io/basic-auth' || type === 'Opaque') {
    const host = metadata.annotations?.[annotations.injectedRegistries] ?? ''
    return new Map([[host, { username: text('username'), password: text('password') }]])
  }
  const config = JSON.parse(text(type === 'kubernetes.io/dockercfg' ? '.dockercfg' : '.dockerconfigjson'))
  const auths = type === 'kubernetes.io/dockercfg' ? config : config.auths
  return new Map(Object.entries<StoredLogin>(auths).filter(([, entry]) => typeof entry?.password === 'string'))
}
