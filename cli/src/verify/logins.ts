import { annotations } from '@ecr-anywhere/shared/names.ts'
import { hostsIn } from '@ecr-anywhere/webhook/admission/resolve.ts'
import { isObject, parseObject } from '@ecr-anywhere/webhook/secret-kinds/json.ts'
import { textOf } from '@ecr-anywhere/webhook/secret-kinds/secret-kind.ts'
import * as z from 'zod'

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform(all => all ?? {})

/** A Secret with its data, which only `verify` reads. */
export const loginSecret = z.object({
  type: z.string().default('Opaque'),
  metadata: z.object({ name: z.string(), namespace: z.string(), labels: texts, annotations: texts }),
  data: texts,
})

export type LoginSecret = z.output<typeof loginSecret>

export interface Login {
  username: string
  password: string
}

/** An entry of a Secret: the key under which it stands, such as a registry's host, and the login. */
export interface Entry {
  key: string
  login: Login
}

/** `unusable`: why no client can use the Secret, in a part of a sentence. */
export type Entries = { entries: Entry[] } | { unusable: string }

const dockerKeys: Readonly<Record<string, string>> = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
}

/** Whether the kubelet reads Secrets of this type as image pull secrets; it ignores all others. */
export function isPullSecret({ type }: Pick<LoginSecret, 'type'>): boolean {
  return type in dockerKeys
}

/** The logins in a Secret: those of a docker config by their keys, or the one of other kinds by the hosts that the webhook wrote it for. */
export function entriesOf({ type, metadata, data }: LoginSecret): Entries {
  const key = dockerKeys[type]
  if (key !== undefined) return dockerEntries(textOf(data, key), { key, nested: type.endsWith('json') })
  const [username, password] = [textOf(data, 'username'), textOf(data, 'password')]
  if (!username || !password) return { unusable: 'it has no username and password' }
  const hosts = hostsIn(metadata.annotations[annotations.injectedRegistries])
  return { entries: hosts.map(host => ({ key: host, login: { username, password } })) }
}

/** As in the kubelet, one entry that cannot be read makes the whole Secret unusable. */
function dockerEntries(text: string | undefined, { key, nested }: { key: string; nested: boolean }): Entries {
  if (text === undefined) return { unusable: `it has no key ${key}` }
  const config = parseObject(text)?.object
  const auths = nested ? config?.auths : config
  if (config === undefined) return { unusable: `its ${key} is not a docker config` }
  if (auths === undefined || auths === null) return { entries: [] }
  if (!isObject(auths)) return { unusable: `its ${key} is not a docker config` }
  const entries = Object.entries(auths).map(([name, entry]) => ({ key: name, login: loginIn(entry) }))
  const isWhole = (one: (typeof entries)[number]): one is Entry => one.login !== undefined
  return entries.every(isWhole) ? { entries } : { unusable: `an entry in its ${key} has no readable login` }
}

/** `auth` takes precedence: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/credentialprovider/config.go */
function loginIn(entry: unknown): Login | undefined {
  if (!isObject(entry)) return undefined
  const { auth, username, password } = entry
  if (typeof auth === 'string' && auth !== '') {
    const [, user = '', secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth, 'base64').toString('utf8')) ?? []
    return secret === undefined ? undefined : { username: user, password: secret }
  }
  return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined
}
