/**
 * Measures work that must not take more than linear time. Unlike the time of a clock, the time of the processor does not depend on what else the
 * machine does.
 *
 * @returns milliseconds of processor time, of all threads of this process
 */
export function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
