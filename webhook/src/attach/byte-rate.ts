/**
 * Limits how many bytes are processed in a second on average. A second's worth may come at once. It holds state and reaches nothing ambient.
 *
 * @returns a function that says whether so many bytes, which arrived now, may be processed
 */
export function byteRate(perSecond: number, nowMs: () => number): (bytes: number) => boolean {
  let left = perSecond
  let countedMs = nowMs()
  return bytes => {
    const now = nowMs()
    left = Math.min(perSecond, left + (perSecond * (now - countedMs)) / 1000)
    countedMs = now
    if (bytes > left) return false
    left -= bytes
    return true
  }
}
