import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { base64 } from '../base64.ts'
import { recall } from '../recall.ts'
import { isObject, type JsonObject, type Parsed, parseObject } from './json.ts'
import { type Credentials, type CredentialsOf, decoded, encodedAt, type Shape } from './shape.ts'

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
  const authsOf = (config: JsonObject | undefined) => (nested ? config?.auths : config)
  const parse = recall(parseContent, recalled)

  const readIn = recall((value: string | undefined, hosts: readonly string[]): CredentialsOf | undefined => {
    const auths = authsOf(parse(value)?.object)
    if (!isObject(auths)) return undefined
    const found = hosts.map(host => [host, credentialsIn(auths[host])] as const)
    return found.every((pair): pair is readonly [string, Credentials] => pair[1] !== undefined) ? new Map(found) : undefined
  }, recalled)

  const read: Shape['read'] = (data, hosts) => readIn(encodedAt(data, key), hosts)

  const merged = recall((value: string | undefined, credentials: CredentialsOf, forget: string): Written => {
    const config = preserved(parse(value))
    const present = authsOf(config)
    const auths: JsonObject = isObject(present) ? present : {}
    const wanted = new Map([...credentials].map(([host, login]) => [host, entryOf(login)]))
    const toForget = (forget === '' ? [] : forget.split(',')).filter(host => !wanted.has(host) && Object.hasOwn(auths, host))
    const same = [...wanted].every(([host, entry]) => Object.hasOwn(auths, host) && sameEntry(auths[host], entry))
    if (config !== undefined && same && toForget.length === 0) return { data: new Map() }

    const kept = toForget.length === 0 ? auths : Object.fromEntries(Object.entries(auths).filter(([host]) => !toForget.includes(host)))
    const all = { ...kept, ...Object.fromEntries(wanted) }
    const text = JSON.stringify(nested ? { ...config, auths: all } : all)
    const lost =
      (config === undefined && value !== undefined && value !== '') || (present !== undefined && present !== null && !isObject(present))
    return { data: new Map([[key, base64(text)]]), ...(lost ? { replaced: `${key} was no docker config and was replaced` } : {}) }
  }, recalled)

  const write: Shape['write'] = (data, credentials, forget) => merged(encodedAt(data, key), credentials, forget.join(','))

  const fill: Shape['fill'] = data =>
    preserved(parse(encodedAt(data, key))) === undefined ? new Map([[key, base64(nested ? '{"auths":{}}' : '{}')]]) : new Map()

  return { kind, single: false, read, write, fill }
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

/** `auth` is what docker itself reads; kubelet reads either. https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/ */
function entryOf({ username, password }: Credentials) {
  return { username, password, auth: base64(`${username}:${password}`) }
}

function credentialsIn(entry: unknown): Credentials | undefined {
  if (!isObject(entry)) return undefined
  const { username, password } = entry
  return typeof username === 'string' && typeof password === 'string' && password !== '' ? { username, password } : undefined
}

function sameEntry(entry: unknown, { username, password, auth }: ReturnType<typeof entryOf>): boolean {
  return (
    isObject(entry) && Object.keys(entry).length === 3 && entry.username === username && entry.password === password && entry.auth === auth
  )
}
