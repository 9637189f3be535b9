export type JsonObject = Record<string, unknown>

declare global {
  /** In V8 since 11.4, not yet in TypeScript's library. https://tc39.es/proposal-json-parse-with-source/ */
  interface JSON {
    rawJSON(text: string): object
    isRawJSON(value: unknown): boolean
  }
}

/** A docker config has four levels. Deeper content is an attempt on a parser's stack. */
export const maxDepth = 64
/** Enough for the logins of 2,500 registries. Every value costs time on each admission, during which all others wait. */
export const maxValues = 10_000

/** `refused` says what is wrong with content that is too much to parse. */
export type Parsed = { object: JsonObject; refused?: undefined } | { object?: undefined; refused: string }

/**
 * Parses an object so that `JSON.stringify` gives back what is not changed: numbers keep their digits (`1e400`, 20-digit ids), `__proto__`
 * stays an ordinary key. Its cost is bounded: the text is measured first, in one pass, and what has more than `maxValues` values or
 * `maxDepth` levels is not parsed.
 *
 * @returns undefined if the text is no JSON object
 */
export function parseObject(text: string): Parsed | undefined {
  const { refused, hasNumber } = measure(text)
  if (refused !== undefined) return { refused }
  try {
    const value: unknown = hasNumber ? JSON.parse(text, withDigits) : JSON.parse(text)
    return isObject(value) ? { object: value } : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}

interface Measure {
  refused?: string
  hasNumber: boolean
}

/** What a character outside of quotes says about values and levels. A table, for a megabyte of them is looked up at once. */
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

/** Counts values and levels as a parser would meet them; text that is no JSON is counted as if it were. */
function measure(text: string): Measure {
  let depth = 0
  let values = 1
  let hasNumber = false
  let isFirst = false
  for (let at = 0; at < text.length; at += 1) {
    const kind = kinds[text.charCodeAt(at)] ?? other
    if (kind === blank) continue
    // A list or an object has one value more than commas, unless it is empty.
    if (kind === comma || (isFirst && kind !== closing)) values += 1
    isFirst = kind === opening
    if (kind === opening) depth += 1
    else if (kind === closing) depth -= 1
    else if (kind === quote) at = endOfText(text, at)
    else if (kind === numeric) hasNumber = true
    if (depth > maxDepth) return { hasNumber, refused: `content that is nested deeper than ${maxDepth} levels` }
    if (values > maxValues) return { hasNumber, refused: `content with more than ${maxValues} values` }
  }
  return { hasNumber }
}

/** Where the quoted text ends that begins at a quote. */
function endOfText(text: string, from: number): number {
  let at = text.indexOf('"', from + 1)
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1)
  return at === -1 ? text.length : at
}

/** After an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let before = at
  while (text[before - 1] === '\\') before -= 1
  return (at - before) % 2 === 1
}

/** A number that JavaScript would write otherwise than it came is carried as text. */
function withDigits(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value
}
