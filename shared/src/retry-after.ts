/**
 * Reads a `Retry-After` header, in either of its forms: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 *
 * @param header a number of seconds (`3`) or an HTTP date (`Wed, 21 Oct 2026 07:28:00 GMT`)
 * @param nowMs the current time, in milliseconds since the epoch
 * @returns seconds, never negative (a date in the past is 0); undefined if the header is absent or has neither form
 */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text)
  // The preferred form of RFC 9110. `Date.parse` alone would also accept `-5` or `1.5` as a date.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - nowMs) / 1000))
}
