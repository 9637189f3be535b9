const unitMs = { s: 1000, m: 60_000, h: 3_600_000 } as const

/** @returns the milliseconds of `90s`, `5m`, `1h` or a combination as Go prints it, `1h30m0s`; undefined if the text is not a duration */
export function parseDuration(text: string): number | undefined {
  const found = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(text)
  if (found === null || text === '') return undefined
  const [, hours = 0, minutes = 0, seconds = 0] = found
  return Number(hours) * unitMs.h + Number(minutes) * unitMs.m + Number(seconds) * unitMs.s
}

/** @returns the shortest text that `parseDuration` accepts: `90s`, `5m`, `1h30m`. Fractions of a second are cut */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(Math.max(ms, 0) / unitMs.s)
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ]
  return (
    parts
      .filter(([count]) => count !== 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join('') || '0s'
  )
}
