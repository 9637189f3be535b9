/** The maximum number of lines. */
const most = 10

/** @returns a table of the slowest test files in seconds, or nothing for a single file */
export function slowest(files: readonly { name: string; seconds: number }[]): string[] {
  if (files.length < 2) return []
  const sorted = files.toSorted((a, b) => b.seconds - a.seconds)
  const sum = files.reduce((sum, { seconds }) => sum + seconds, 0)
  const lines = sorted.slice(0, most).map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`)
  return [...lines, `${sum.toFixed(1).padStart(7)} s  all ${files.length} files`]
}
