import { GoogleError, rpcDetail } from './google-error.ts'
import { camelCase, type Fields, isObject } from './request-body.ts'

/**
 * Reads the paths of an update mask, in camelCase or in snake_case: `remoteRepositoryConfig.upstreamCredentials,labels`.
 * Without a mask, or with `*`, the fields that were sent are the mask.
 * Source: https://google.aip.dev/134
 *
 * @returns each path as its fields in camelCase
 * @throws GoogleError INVALID_ARGUMENT, if the message has no such field
 */
export function readMask(query: URLSearchParams, sent: Record<string, unknown>, fields: Fields): string[][] {
  const mask = query.get('updateMask') ?? query.get('update_mask') ?? ''
  const paths = mask === '' || mask === '*' ? Object.keys(sent) : mask.split(',')
  return paths.map(path => {
    const names = path.trim().split('.').map(camelCase)
    if (!isKnown(names, fields)) throw unknownPath(path)
    return names
  })
}

/** A copy of a message in which the fields of the mask are those that were sent. A field that was not sent is removed. */
export function applyMask<Message extends object>(current: Message, sent: Record<string, unknown>, paths: string[][]): Message {
  const changed = structuredClone(current)
  for (const path of paths) copyField(changed, sent, path)
  return changed
}

function isKnown([name = '', ...rest]: string[], fields: Fields): boolean {
  const kind = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (kind === undefined) return false
  return rest.length === 0 || (typeof kind === 'object' && isKnown(rest, kind))
}

function copyField(target: object, source: Record<string, unknown>, [name = '', ...rest]: string[]): void {
  const value = source[name]
  if (rest.length === 0) {
    if (value === undefined) Reflect.deleteProperty(target, name)
    else Reflect.set(target, name, structuredClone(value))
    return
  }
  const inner: unknown = Reflect.get(target, name)
  const next = isObject(inner) ? inner : {}
  Reflect.set(target, name, next)
  copyField(next, isObject(value) ? value : {}, rest)
}

function unknownPath(path: string): GoogleError {
  const description = `Invalid field path: ${path}`
  return new GoogleError('INVALID_ARGUMENT', 'Request contains an invalid argument.', {
    details: [rpcDetail('BadRequest', { fieldViolations: [{ field: 'update_mask', description }] })],
  })
}
