import { findingLines } from '../findings/findings-text.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Verified } from './verified.ts'

/** The result for a reader. Lines are not wrapped, because a terminal does so. */
export function verifiedText({ target, about, findings, tries = [], now = [], notes }: Verified, paint: Paint): string {
  const sections = [
    [paint(about === '' ? target : `${target} (${about})`, 'bold'), ...findingLines(findings, paint)],
    ...tries
      .filter(({ logins }) => logins.length > 0)
      .map(({ image, logins }) => [`The kubelet tries for ${image}:`, ...logins.map(loginLine)]),
    now,
    notes,
  ]
  return `${sections.flatMap(lines => (lines.length === 0 ? [] : [lines.join('\n')])).join('\n\n')}\n`
}

function loginLine({ secret, entry, result }: { secret: string; entry: string; result: string }, at: number): string {
  return `  ${at + 1}. Secret ${secret}, entry ${entry}: ${result}`
}
