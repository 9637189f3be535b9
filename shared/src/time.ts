/** Times in the format of the annotations: RFC 3339, in UTC, in whole seconds. */

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/

/** @returns milliseconds since the epoch, or undefined if the text is absent or not an RFC 3339 time */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined || !rfc3339.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** @returns for example `2026-01-01T12:00:00Z`. Fractions are cut, so that the text is never later than the time */
export function formatTime(ms: number): string {
  // Joined for speed, as explained at `pointer` in the webhook's patch.ts.
  return [new Date(ms).toISOString().slice(0, 19), 'Z'].join('')
}
