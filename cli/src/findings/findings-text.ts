import type { Paint } from '../terminal/paint.ts'
import { type Finding, findingText, type TitledFinding } from './finding.ts'

const colours = { ok: 'green', failed: 'red', 'cannot tell': 'yellow' } as const satisfies Record<Finding['state'], string>
const width = 'cannot tell'.length

/** The state and the title of each finding. What was found follows in the same line, or, for a failure, in three lines of its own. */
export function findingLines(findings: readonly TitledFinding[], paint: Paint): string[] {
  return findings.flatMap(finding => {
    const state = paint(finding.state, colours[finding.state]) + ' '.repeat(width - finding.state.length)
    if (finding.state !== 'failed') return [`${state}  ${finding.title}: ${findingText(finding)}`]
    return [`${state}  ${finding.title}`, ...causeLines(finding)]
  })
}

/** What was found, what is expected, what to do, and where more is said. */
export function causeLines({ found, expected, todo, more }: { found: string; expected: string; todo: string; more?: string }): string[] {
  const indent = ' '.repeat(width + 2)
  const lines = [`found     ${found}`, `expected  ${expected}`, `do        ${todo}`, ...(more === undefined ? [] : [`more      ${more}`])]
  return lines.map(line => indent + line)
}
