import type { Emulator } from '../aws/emulator.ts'

/** @returns the number of requests for authorization tokens in all regions */
export function tokenCalls(emulator: Emulator): number {
  const counts = Object.entries(emulator.calls().counts).filter(([call]) => call.includes('.GetAuthorizationToken.'))
  return counts.reduce((sum, [, count]) => sum + count, 0)
}
