import { GoogleError, rpcDetail } from './google-error.ts'

/** The fields that a message of Google has: a nested message, a map with any keys, or a plain value. */
export interface Fields {
  [field: string]: Fields | 'value' | 'map'
}

/**
 * Reads the JSON of a request as Google does: a field may be written in camelCase or in snake_case, and an unknown one is an error.
 *
 * @param where the name of the message in errors: `repository`; empty for the request itself
 * @returns the fields in camelCase
 * @throws GoogleError INVALID_ARGUMENT
 */
export function readBody(text: string, fields: Fields, where = ''): Record<string, unknown> {
  const value = parse(text || '{}')
  if (!isObject(value)) throw new GoogleError('INVALID_ARGUMENT', 'Invalid JSON payload received. Expected an object key or }.')
  return readMessage(value, fields, where)
}

function readMessage(message: Record<string, unknown>, fields: Fields, where: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message).map(([written, value]) => {
      const name = camelCase(written)
      const kind = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (kind === undefined) throw unknownField(written, where)
      const isMessage = typeof kind === 'object' && isObject(value)
      return [name, isMessage ? readMessage(value, kind, where === '' ? name : `${where}.${name}`) : value]
    }),
  )
}

/** `remote_repository_config` becomes `remoteRepositoryConfig`; camelCase remains. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unknownField(field: string, where: string): GoogleError {
  const description = `Invalid JSON payload received. Unknown name "${field}"${where === '' ? '' : ` at '${where}'`}: Cannot find field.`
  const violation = { ...(where !== '' && { field: where }), description }
  return new GoogleError('INVALID_ARGUMENT', description, { details: [rpcDetail('BadRequest', { fieldViolations: [violation] })] })
}
