export type JsonObject = Record<string, unknown>

declare global {
  /** V8 has these since 11.4; TypeScript's library does not declare them yet. https://tc39.es/proposal-json-parse-with-source/ */
  interface JSON {
    rawJSON(text: string): object
    isRawJSON(value: unknown): boolean
  }
}

/** A docker config has four levels. Deeper content could be an attempt to overflow the parser's stack. */
export const maxDepth = 64
/** Enough for the credentials of 2,500 registries. Parsing each value takes time, during which all other admissions wait. */
export const maxValues = 10_000

/** `refused` describes content that is too large or too deep to parse. */
export type Parsed = { object: JsonObject; refused?: undefined } | { object?: undefined; refused: string }

/**
 * Parses an object so that `JSON.stringify` preserves everything that is not changed: numbers keep their digits (`1e400`, 20-digit ids),
 * and `__proto__` stays an ordinary key. The cost is bounded: the text is measured first, in one pass, and content with more than
 * `maxValues` values or `maxDepth` levels is not parsed.
 *
 * @returns undefined if the text is not a JSON object
 */
export function parseObject(text: string): Parsed | undefined {
  const { refused, hasNumber } = measure(text)
  if (refused !== undefined) return { refused }
  try {
    const value: unknown = hasNumber ? JSON.parse(text, withDigits) : JSON.parse(text)
    return isObject(value) ? { object: value } : undefined
  } catch {
    // The text is not JSON. Nothing else is thrown, because the depth is limited.
  }
  return undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}

interface Measure {
  refused?: string
  hasNumber: boolean
}

/** The kind of each character outside of quotes. A table, because up to a megabyte of characters is looked up at once. */
const [other, blank, comma, opening, closing, quote, numeric] = [0, 1, 2, 3, 4, 5, 6]
const kinds = new Uint8Array(128)
for (const [kind, characters] of [
  [blank, ' \t\n\r'],
  [comma, ','],
  [opening, '[{'],
  [closing, ']}'],
  [quote, '"'],
  [numeric, '-0123456789'],
] as const) {
  for (const character of characters) kinds[character.charCodeAt(0)] = kind
}

/** Counts values and levels in the order of a parser. Text that is not JSON is counted in the same way. */
function measure(text: string): Measure {
  let depth = 0
  let values = 1
  let hasNumber = false
  let isFirst = false
  for (let at = 0; at < text.length; at += 1) {
    const kind = kinds[text.charCodeAt(at)] ?? other
    if (kind === blank) continue
    // Unless it is empty, a list or an object has one value more than it has commas.
    if (kind === comma || (isFirst && kind !== closing)) values += 1
    isFirst = kind === opening
    if (kind === opening) depth += 1
    else if (kind === closing) depth -= 1
    else if (kind === quote) at = endOfString(text, at)
    else if (kind === numeric) hasNumber = true
    if (depth > maxDepth) return { hasNumber, refused: `content that is nested deeper than ${maxDepth} levels` }
    if (values > maxValues) return { hasNumber, refused: `content with more than ${maxValues} values` }
  }
  return { hasNumber }
}

/** Returns the position of the quote that ends the string. @param from the position of its opening quote */
function endOfString(text: string, from: number): number {
  let at = text.indexOf('"', from + 1)
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1)
  return at === -1 ? text.length : at
}

/** A quote is escaped if an odd number of backslashes precedes it. */
function isEscaped(text: string, at: number): boolean {
  let escaped = false
  for (let before = at - 1; text[before] === '\\'; before -= 1) escaped = !escaped
  return escaped
}

/** Keeps the source text of a number that JavaScript would write differently. */
function withDigits(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value
}
