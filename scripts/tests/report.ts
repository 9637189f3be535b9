import type { Readable } from 'node:stream'
import { Parser, type Result } from 'tap-parser'
import { stringify } from 'yaml'
import { withoutGroup } from './groups.ts'

export interface Report {
  passed: number
  failed: number
  /** The files, and the folders whose files run in one process, in the order in which they ended. */
  files: { name: string; seconds: number }[]
}

/**
 * Reads the TAP output of test files and prints a line for each file or folder when it ends, each failure with its diagnostics, and each skipped
 * test, which is not counted.
 * The reporters of tap need a terminal. Without one they do not even print the failed tests.
 * @param total the number of files and folders
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
    // The result of a whole file has the name of the file.
    if (result.fullname !== result.name) fail(result)
  })
  parser.on('assert', (result: Result) => {
    // The file failed by a crash or by its time limit, and not by one of its tests.
    if (!result.ok && inFile.failed === 0) fail(result)
    const { time } = result
    const name = withoutGroup(result.name)
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
  // With a pattern on the command line, more files end than were named.
  const missing = Math.max(0, total - done.files.length)
  if (missing > 0) say(`not ok  the output of tap is incomplete: ${missing} of ${total} files have not ended`)
  return { ...done, failed: done.failed + missing }
}

/** The title, and below it the expected value and the location. */
function inFull({ fullname, diag }: Result): string {
  const title = `not ok  ${withoutGroup(fullname)}`
  if (diag === null || typeof diag !== 'object') return title
  // The code at the location is omitted, because the file is named.
  const { source: _, ...rest } = diag
  const lines = stringify(rest).trimEnd().split('\n')
  return [title, ...lines.map(line => `    ${line}`)].join('\n')
}
