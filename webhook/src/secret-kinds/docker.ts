import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { base64 } from '../base64.ts'
import { recall } from '../recall.ts'
import { isObject, type JsonObject, type Parsed, parseObject } from './json.ts'
import { hostOfKey } from './registry-key.ts'
import { type Credentials, type CredentialsOf, decoded, encodedAt, type Shape } from './secret-kind.ts'

/** Where the two docker formats differ: the data key, and whether the registries stand below `auths` or at the top. */
interface DockerFormat {
  kind: string
  key: string
  nested: boolean
}

/** As many contents and results are remembered: a few tenants' and regions', old and new. */
const recalled = 8

/** The shape of a docker login file, of either format. */
export function dockerShape({ kind, key, nested }: DockerFormat): Shape {
  const parse = recall(parseContent, recalled)
  const authsIn = (config: JsonObject | undefined): unknown => (nested ? config?.auths : config)

  const readIn = recall((value: string | undefined, hosts: readonly string[]): CredentialsOf | undefined => {
    const auths = authsIn(parse(value)?.object)
    if (!isObject(auths)) return undefined
    const found = hosts.map(host => [host, credentialsIn(entryAt(auths, host))] as const)
    return found.every((pair): pair is readonly [string, Credentials] => pair[1] !== undefined) ? new Map(found) : undefined
  }, recalled)

  const read: Shape['read'] = (data, hosts) => readIn(encodedAt(data, key), hosts)

  const merged = recall((value: string | undefined, credentials: CredentialsOf, former: string, before: string | undefined): Written => {
    const config = preserved(parse(value))
    const present = authsIn(config)
    const auths = entriesOf(present)
    const wanted = new Map([...credentials].map(([host, login]) => [host, entryOf(login)]))
    const old = entriesOf(authsIn(parse(before)?.object))
    const formerHosts = former.split(',').filter(host => !wanted.has(host) && isStillOurs(entryAt(auths, host), entryAt(old, host)))
    const gone = new Set([...formerHosts, ...Object.keys(auths).filter(name => isOtherNameOf(name, wanted))])
    const same = [...wanted].every(([host, entry]) => sameEntry(entryAt(auths, host), entry))
    if (config !== undefined && same && gone.size === 0) return { data: new Map() }

    const kept = gone.size === 0 ? auths : Object.fromEntries(Object.entries(auths).filter(([name]) => !gone.has(name)))
    const all = { ...kept, ...Object.fromEntries(wanted) }
    const text = JSON.stringify(nested ? { ...config, auths: all } : all)
    const lost =
      (config === undefined && value !== undefined && value !== '') || (present !== undefined && present !== null && !isObject(present))
    return { data: new Map([[key, base64(text)]]), ...(lost ? { replaced: `${key} was no docker config and was replaced` } : {}) }
  }, recalled)

  const write: Shape['write'] = (data, credentials, { hosts, data: before } = { hosts: [], data: undefined }) =>
    merged(encodedAt(data, key), credentials, hosts.join(','), hosts.length === 0 ? undefined : encodedAt(before, key))

  const fill: Shape['fill'] = data =>
    preserved(parse(encodedAt(data, key))) === undefined ? new Map([[key, base64(nested ? '{"auths":{}}' : '{}')]]) : new Map()

  const warnings: Shape['warnings'] = (data, before, hosts) => {
    const value = encodedAt(data, key)
    return !nested || value === encodedAt(before, key) ? [] : preferredByDocker(parse(value)?.object ?? {}, key, hosts)
  }

  return { kind, single: false, read, write, fill, warnings }
}

type Written = ReturnType<Shape['write']>

function parseContent(value: string | undefined): Parsed | undefined {
  const text = value === undefined ? undefined : decoded(value)
  return text === undefined ? undefined : parseObject(text)
}

/** @throws Fault `input` for content that is there, and too much to be read */
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

/** `auth` is what docker itself reads; kubelet reads either. https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/ */
function entryOf({ username, password }: Credentials) {
  return { username, password, auth: base64(`${username}:${password}`) }
}

function credentialsIn(entry: unknown): Credentials | undefined {
  if (!isObject(entry)) return undefined
  const { username, password } = entry
  return typeof username === 'string' && typeof password === 'string' && password !== '' ? { username, password } : undefined
}

/** What was written by us before, and by nobody since. */
function isStillOurs(entry: unknown, old: unknown): boolean {
  const login = credentialsIn(old)
  return login !== undefined && sameEntry(old, entryOf(login)) && sameEntry(entry, entryOf(login))
}

function sameEntry(entry: unknown, { username, password, auth }: ReturnType<typeof entryOf>): boolean {
  return (
    isObject(entry) && Object.keys(entry).length === 3 && entry.username === username && entry.password === password && entry.auth === auth
  )
}

/** A second login for one of our hosts would be used instead of ours, or after it, with a password that expires. */
function isOtherNameOf(name: string, wanted: ReadonlyMap<string, unknown>): boolean {
  const host = wanted.has(name) ? undefined : hostOfKey(name)
  return host !== undefined && wanted.has(host)
}

/** https://docs.docker.com/reference/cli/docker/login/#credential-helpers */
function preferredByDocker({ credHelpers, credsStore }: JsonObject, key: string, hosts: readonly string[]): string[] {
  const isHelped = isObject(credHelpers) && hosts.some(host => Object.hasOwn(credHelpers, host))
  return [
    ...(isHelped ? [`credHelpers in ${key} names one of its registries: Docker then ignores the login`] : []),
    ...(typeof credsStore === 'string' && credsStore !== '' ? [`credsStore in ${key} is set: Docker then ignores the logins`] : []),
  ]
}
