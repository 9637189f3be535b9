import { isUtf8 } from 'node:buffer'

/** The credentials for one registry. */
export interface Credentials {
  username: string
  password: string
  /** Set if the credentials come from a cached token. */
  prepared?: Prepared
}

/** Encoded values that all Secrets with one token share. They are cached with the token and dropped with it. */
export interface Prepared {
  /** base64 of `username:password`. */
  auth: string
  /** The encoded content of Secrets that contain only this token, by their data key and hosts. */
  contents: Map<string, string>
}

/** By registry host. */
export type CredentialsByHost = ReadonlyMap<string, Credentials>

export type SecretData = Readonly<Record<string, string>> | undefined

/** Hosts that are no longer requested, and the data in which the webhook had written their entries. */
export interface Former {
  hosts: readonly string[]
  data: SecretData
}

/** How one kind of Secret stores credentials. All functions are pure, take and return `data` in base64, and use only keys of this kind. */
export interface SecretKind {
  /** The name in messages. */
  name: string
  /** Whether it can hold the credentials of one registry only. */
  single: boolean
  /** The hosts in its data, for kinds whose data names the registry. @throws Fault `input` if there is no supported registry */
  hosts?: (data: SecretData) => string[]
  /** The credentials in the data for these hosts; undefined unless there are credentials for all of them. */
  read: (data: SecretData, hosts: readonly string[]) => CredentialsByHost | undefined
  /**
   * The keys to set so that the data contains these credentials; none if nothing has to change. The entry of a former host is removed if it
   * is still as the webhook wrote it. `replaced` is a warning that content was replaced because it could not be parsed.
   *
   * @throws Fault `input` for content that cannot be preserved or safely replaced
   */
  write: (data: SecretData, credentials: CredentialsByHost, former?: Former) => { data: ReadonlyMap<string, string>; replaced?: string }
  /** The keys to set so that the API server accepts the Secret without credentials; none if nothing has to change. */
  empty: (data: SecretData) => ReadonlyMap<string, string>
  /** Warnings about new problems in `data`. Those that `before` already had are left out, because a refresh is not the author's change. */
  warnings?: (data: SecretData, before: SecretData, hosts: readonly string[]) => string[]
}

const utf8 = new TextDecoder()

/** The value of one key, in base64. */
export function encodedAt(data: SecretData, key: string): string | undefined {
  return data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined
}

/** The text of one key; undefined if the key does not exist or its value is not UTF-8. */
export function textOf(data: SecretData, key: string): string | undefined {
  const value = encodedAt(data, key)
  return value === undefined ? undefined : decoded(value)
}

/** Encodes text as UTF-8 in base64. */
export function encoded(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Decodes base64; undefined if the bytes are not UTF-8. A byte order mark is dropped. */
function decoded(value: string): string | undefined {
  const bytes = Buffer.from(value, 'base64')
  return isUtf8(bytes) ? utf8.decode(bytes) : undefined
}
