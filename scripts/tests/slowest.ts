/** So many lines are still read. */
const most = 10

/** @param output raw TAP of a run of test files @returns a table of those that took longest, in seconds; nothing where it was one file */
export function slowest(output: string): string[] {
  const times = [...output.matchAll(/^(?:not )?ok \d+ - (\S+\.test\.ts) # time=([\d.]+)ms/gm)].map(([, file = '', ms]) => ({
    file,
    seconds: Number(ms) / 1000,
  }))
  if (times.length < 2) return []
  const sorted = times.sort((a, b) => b.seconds - a.seconds)
  const sum = times.reduce((sum, { seconds }) => sum + seconds, 0)
  const lines = sorted.slice(0, most).map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`)
  return [...lines, `${sum.toFixed(1).padStart(7)} s  all ${times.length} files`]
}
