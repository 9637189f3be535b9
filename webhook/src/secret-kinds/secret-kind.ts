/** What a consumer logs in to a registry with. */
export interface Credentials {
  username: string
  password: string
  /** Where they are a cached token. */
  prepared?: Prepared
}

/** What all Secrets with one token share. It is kept with the token, and goes when the token goes. */
export interface Prepared {
  /** base64 of `username:password`. */
  auth: string
  /** The encoded content of Secrets that hold nothing but logins of this token, by their data key and hosts. */
  contents: Map<string, string>
}

/** By registry host. */
export type CredentialsByHost = ReadonlyMap<string, Credentials>

export type SecretData = Readonly<Record<string, string>> | undefined

/** Hosts that are no longer asked for, and the data in which their entries were ours. */
export interface Former {
  hosts: readonly string[]
  data: SecretData
}

/** What one kind of Secret keeps its credentials in. All functions are pure, take and return `data` in base64, and know only their own keys. */
export interface SecretKind {
  /** As its users call it. */
  name: string
  /** It has room for one registry only. */
  single: boolean
  /** The hosts that its data names, where it is the data that names them. @throws Fault `input` if it names none that can be served */
  hosts?: (data: SecretData) => string[]
  /** The credentials that it holds for these hosts; undefined unless it holds them all. */
  read: (data: SecretData, hosts: readonly string[]) => CredentialsByHost | undefined
  /**
   * The keys to set so that it holds these credentials; none if it does so already. A former host loses its entry if that is still the one
   * that we wrote. `replaced` says what was replaced because nobody could read it.
   *
   * @throws Fault `input` for content that cannot be preserved or safely replaced
   */
  write: (data: SecretData, credentials: CredentialsByHost, former?: Former) => { data: ReadonlyMap<string, string>; replaced?: string }
  /** The keys to set so that the API server accepts it, without any credentials; none if it does so already. */
  empty: (data: SecretData) => ReadonlyMap<string, string>
  /** What the author of `data` should know about it. Nothing about what `before` held already: a refresh is not the author's. */
  warnings?: (data: SecretData, before: SecretData, hosts: readonly string[]) => string[]
}

const utf8 = new TextDecoder('utf8', { fatal: true })

/** What stands under one key, base64. */
export function encodedAt(data: SecretData, key: string): string | undefined {
  return data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined
}

/** UTF-8 text of one key; undefined if the key is not there or is no UTF-8. */
export function textOf(data: SecretData, key: string): string | undefined {
  const value = encodedAt(data, key)
  return value === undefined ? undefined : decoded(value)
}

/** UTF-8 in base64. */
export function encoded(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** The text behind base64; undefined if it is no UTF-8. A byte order mark is dropped. */
function decoded(value: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(value, 'base64'))
  } catch {
    return undefined
  }
}
