const unitsMs = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** A duration in at most two units, as operators read it: `45s`, `18m`, `11h42m`, `3d4h`. */
export function shortTime(ms: number): string {
  const positive = Math.max(ms, 0)
  const at = unitsMs.findIndex(([, unitMs]) => positive >= unitMs)
  const [unit, unitMs] = unitsMs[at] ?? ['s', 1_000]
  const next = unitsMs[at + 1]
  const rest = next === undefined || unit === 'm' ? 0 : Math.floor((positive % unitMs) / next[1])
  return `${Math.floor(positive / unitMs)}${unit}${rest > 0 && next !== undefined ? `${rest}${next[0]}` : ''}`
}
