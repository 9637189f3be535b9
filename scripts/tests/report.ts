import type { Readable } from 'node:stream'
import { Parser, type Result } from 'tap-parser'
import { stringify } from 'yaml'

export interface Report {
  passed: number
  failed: number
  /** In the order in which they ended. */
  files: { name: string; seconds: number }[]
}

/**
 * Reads the TAP of a run of test files and says a line for each file when it ends, each failure with what tap knows of it, and each test that
 * was skipped, which counts as nothing.
 * tap's own reporters draw for a terminal; without one they say nothing, not even which test failed.
 * @param total how many files there are
 */
export async function report(tap: Readable, total: number, say: (line: string) => void): Promise<Report> {
  const parser = new Parser()
  const done: Report = { passed: 0, failed: 0, files: [] }
  let inFile = { passed: 0, failed: 0 }
  const fail = (result: Result) => {
    inFile.failed++
    say(inFull(result))
  }
  parser.on('pass', () => {
    inFile.passed++
  })
  parser.on('skip', ({ fullname, skip }: Result) => say(`skipped  ${fullname}: ${skip}`))
  parser.on('fail', result => {
    // A file as a whole has no longer name than its own.
    if (result.fullname !== result.name) fail(result)
  })
  parser.on('assert', (result: Result) => {
    // By a crash, or its time limit: none of its tests is to blame.
    if (!result.ok && inFile.failed === 0) fail(result)
    const { name, time } = result
    const { passed, failed } = inFile
    inFile = { passed: 0, failed: 0 }
    done.passed += passed
    done.failed += failed
    done.files.push({ name, seconds: Math.round(time ?? 0) / 1000 })
    const place = `${done.files.length}/${total}`.padStart(7)
    const seconds = ((time ?? 0) / 1000).toFixed(1).padStart(6)
    say(`${result.ok ? 'ok    ' : 'not ok'} ${place} ${seconds} s  ${name}: ${passed} passed, ${failed} failed`)
  })
  for await (const part of tap) parser.write(part)
  parser.end()
  const missing = total - done.files.length
  if (missing > 0) say(`not ok  the output of tap breaks off: ${missing} of ${total} files have not ended`)
  return { ...done, failed: done.failed + missing }
}

/** The title, and below it what was expected and where. */
function inFull({ fullname, diag }: Result): string {
  if (diag === null || typeof diag !== 'object') return `not ok  ${fullname}`
  // The code around the place is in the file that is named.
  const { source: _, ...rest } = diag
  const lines = stringify(rest).trimEnd().split('\n')
  return [`not ok  ${fullname}`, ...lines.map(line => `    ${line}`)].join('\n')
}
