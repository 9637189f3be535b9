import type { Emulator } from '../aws/emulator.ts'

/** How many authorization tokens the emulator was asked for, in all regions. */
export function tokenCalls(emulator: Emulator): number {
  const counts = Object.entries(emulator.calls().counts).filter(([call]) => call.includes('.GetAuthorizationToken.'))
  return counts.reduce((sum, [, count]) => sum + count, 0)
}
