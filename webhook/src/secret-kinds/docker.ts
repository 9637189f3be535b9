import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { isObject, type JsonObject, type Parsed, parseObject } from './json.ts'
import { hostOfKey } from './registry-key.ts'
import {
  type Credentials,
  type CredentialsByHost,
  encoded,
  encodedAt,
  type Former,
  type SecretData,
  type SecretKind,
  textOf,
} from './secret-kind.ts'

/** The differences between the two docker formats: the data key, and whether the registries are in `auths` or at the top level. */
interface DockerFormat {
  /** The type of the Secret. */
  name: string
  key: string
  nested: boolean
}

/** A docker config file in either format. */
export function dockerKind({ name, key, nested }: DockerFormat): SecretKind {
  const authsIn = (config: JsonObject | undefined): unknown => (nested ? config?.auths : config)

  const read: SecretKind['read'] = (data, hosts) => {
    const auths = authsIn(parsed(data, key)?.object)
    if (!isObject(auths)) return undefined
    const found = hosts.map(host => [host, credentialsIn(entryAt(auths, host))] as const)
    return found.every((pair): pair is readonly [string, Credentials] => pair[1] !== undefined) ? new Map(found) : undefined
  }

  const write: SecretKind['write'] = (data, credentials, former) => {
    const config = preserved(parsed(data, key))
    const present = authsIn(config)
    const auths = entriesOf(present)
    const wanted = new Map([...credentials].map(([host, login]) => [host, entryOf(login)]))
    const otherNames = Object.keys(auths).filter(name => isOtherNameOf(name, wanted))
    const gone = new Set([...(former === undefined ? [] : stillInjected(former, auths, wanted)), ...otherNames])
    const same = [...wanted].every(([host, entry]) => sameEntry(entryAt(auths, host), entry))
    if (same && gone.size === 0) return { data: new Map() }

    const kept = Object.entries(auths).filter(([name]) => !gone.has(name))
    const render = () => {
      const all = { ...Object.fromEntries(kept), ...Object.fromEntries(wanted) }
      return encoded(JSON.stringify(nested ? { ...config, auths: all } : all))
    }
    const hasNoOthers = kept.every(([name]) => wanted.has(name)) && (!nested || Object.keys(config ?? {}).every(name => name === 'auths'))
    const content = { data: new Map([[key, hasNoOthers ? contentOf(credentials, key, render) : render()]]) }
    const isLost = (config === undefined && !!encodedAt(data, key)) || (present !== undefined && present !== null && !isObject(present))
    return isLost ? { ...content, replaced: `${key} was not a docker config and was replaced` } : content
  }

  /** The hosts that are no longer requested, and whose entries nobody has changed since the webhook wrote them. */
  const stillInjected = (former: Former, auths: JsonObject, wanted: ReadonlyMap<string, unknown>): string[] => {
    const hosts = former.hosts.filter(host => !wanted.has(host))
    if (hosts.length === 0) return []
    const old = entriesOf(authsIn(parsed(former.data, key)?.object))
    return hosts.filter(host => isStillInjected(entryAt(auths, host), entryAt(old, host)))
  }

  const empty: SecretKind['empty'] = data =>
    preserved(parsed(data, key)) === undefined ? new Map([[key, encoded(nested ? '{"auths":{}}' : '{}')]]) : new Map()

  const warnings: SecretKind['warnings'] = (data, before, hosts) => {
    if (!nested || encodedAt(data, key) === encodedAt(before, key)) return []
    return preferredByDocker(parsed(data, key)?.object ?? {}, key, hosts)
  }

  return { name, single: false, read, write, empty, warnings }
}

function parsed(data: SecretData, key: string): Parsed | undefined {
  const text = textOf(data, key)
  return text === undefined ? undefined : parseObject(text)
}

/** @throws Fault `input` for content that is too large to be parsed */
function preserved(parsed: Parsed | undefined): JsonObject | undefined {
  if (parsed?.refused === undefined) return parsed?.object
  throw new Fault('input', {
    found: parsed.refused,
    wanted: 'a docker config',
    todo: 'Remove the content: the webhook writes what is needed.',
  })
}

function entriesOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

function entryAt(auths: JsonObject, host: string): unknown {
  return Object.hasOwn(auths, host) ? auths[host] : undefined
}

/** Docker reads only `auth`; kubelet reads either. https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/ */
function entryOf({ username, password, prepared }: Credentials) {
  return { username, password, auth: prepared?.auth ?? encoded(`${username}:${password}`) }
}

/** A tenant usually has a few lists of registries. The limit keeps Secrets with many different lists from filling the memory. */
const maxContents = 16

/** The content of a Secret with only these credentials. It is encoded once and then reused if all of them are of one token. */
function contentOf(credentials: CredentialsByHost, key: string, render: () => string): string {
  const [prepared, ...others] = new Set([...credentials.values()].map(login => login.prepared))
  if (prepared === undefined || others.length > 0) return render()
  const id = `${key} ${[...credentials.keys()].join()}`
  const made = prepared.contents.get(id)
  if (made !== undefined) return made
  const content = render()
  if (prepared.contents.size < maxContents) prepared.contents.set(id, content)
  return content
}

function credentialsIn(entry: unknown): Credentials | undefined {
  if (!isObject(entry)) return undefined
  const { username, password } = entry
  return typeof username === 'string' && typeof password === 'string' && password !== '' ? { username, password } : undefined
}

/** Whether the webhook wrote this entry, and nobody has changed it since. */
function isStillInjected(entry: unknown, old: unknown): boolean {
  const login = credentialsIn(old)
  return login !== undefined && sameEntry(old, entryOf(login)) && sameEntry(entry, entryOf(login))
}

function sameEntry(entry: unknown, { username, password, auth }: ReturnType<typeof entryOf>): boolean {
  return (
    isObject(entry) && Object.keys(entry).length === 3 && entry.username === username && entry.password === password && entry.auth === auth
  )
}

/** Clients could use a second entry for an injected host instead of the injected one, or after it, and its password expires. */
function isOtherNameOf(name: string, wanted: ReadonlyMap<string | undefined, unknown>): boolean {
  return !wanted.has(name) && wanted.has(hostOfKey(name))
}

/** https://docs.docker.com/reference/cli/docker/login/#credential-helpers */
function preferredByDocker({ credHelpers, credsStore }: JsonObject, key: string, hosts: readonly string[]): string[] {
  const isHelped = isObject(credHelpers) && hosts.some(host => Object.hasOwn(credHelpers, host))
  return [
    ...(isHelped ? [`credHelpers in ${key} names one of its registries: Docker then ignores the login`] : []),
    ...(typeof credsStore === 'string' && credsStore !== '' ? [`credsStore in ${key} is set: Docker then ignores the logins`] : []),
  ]
}
