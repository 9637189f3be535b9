import { Fault } from '@ecr-anywhere/shared/fault.ts'

export type JsonObject = Record<string, unknown>

declare global {
  /** In V8 since 11.4, not yet in TypeScript's library. https://tc39.es/proposal-json-parse-with-source/ */
  interface JSON {
    rawJSON(text: string): object
    isRawJSON(value: unknown): boolean
  }
}

/** A docker config has four levels. Deeper ones are somebody's attempt on a parser's stack. */
export const maxDepth = 64
/** A docker config has no numbers. Keeping the digits of a hundred thousand of them would hold up everybody else's admissions for 0.2 s. */
export const maxNumbers = 10_000

/**
 * Parses an object so that `JSON.stringify` gives back what is not touched: numbers keep their digits (`1e400`, 20-digit ids), `__proto__`
 * stays an ordinary key.
 *
 * @returns undefined if the text is no JSON object
 * @throws Fault `input` if it is nested deeper than `maxDepth` or has more than `maxNumbers` numbers
 */
export function parseObject(text: string): JsonObject | undefined {
  if (isTooDeep(text)) throw notADockerConfig(`content that is nested deeper than ${maxDepth} levels`)
  try {
    const value: unknown = JSON.parse(text)
    if (!isObject(value)) return undefined
    return numberLike.test(text) && hasNumber(value) ? parseKeepingDigits(text) : value
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}

/** Numbers that JavaScript would write otherwise than they came are carried as text. Five times as slow as the plain parser. */
function parseKeepingDigits(text: string): JsonObject {
  let numbers = 0
  return JSON.parse(text, (_key: string, value: unknown, { source }: { source?: string } = {}) => {
    if (typeof value !== 'number') return value
    if (++numbers > maxNumbers) throw notADockerConfig(`content with more than ${maxNumbers} numbers`)
    return source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value
  })
}

/** In a text too, such as a host with a port: then `hasNumber` looks closely, which a megabyte of small lists makes slow. */
const numberLike = /[[,:]\s*-?\d/

function hasNumber(value: unknown): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'object' && value !== null && Object.values(value).some(hasNumber)
}

function notADockerConfig(found: string): Fault {
  return new Fault('input', { found, wanted: 'a docker config', todo: 'Remove the content: the webhook writes what is needed.' })
}

/** Asked before the parser is, whose stack is what deep content is after. */
function isTooDeep(text: string): boolean {
  // What has no more brackets than levels allowed needs no counting: nearly everything.
  return count(text, '{') + count(text, '[') > maxDepth && depthOf(text) > maxDepth
}

function count(text: string, char: string): number {
  let found = 0
  for (let at = text.indexOf(char); at !== -1 && found <= maxDepth; at = text.indexOf(char, at + 1)) found += 1
  return found
}

/** How deep brackets nest, outside of strings. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (inString) {
      if (char === 0x5c) at += 1
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x7d || char === 0x5d) depth -= 1
  }
  return deepest
}
