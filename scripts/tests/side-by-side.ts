import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A command to run, and what its lines are shown under. */
export interface Lane {
  name: string
  file: string
  args: string[]
}

/** So many control planes with their tests run at once: for much of their time they wait. */
export const atOnce = 2

/** Closing lines of a suite, which `.ci/run` adds up, are shown as they are. */
const closing = /^[a-z][\w .-]*: \d+ passed, \d+ failed$/

/**
 * Runs commands, some at a time, and shows each line of theirs behind the command's name. The next ones start when all of those have ended:
 * tap empties its directory when it starts. @returns the greatest exit code
 */
export async function sideBySide(lanes: readonly Lane[], say: (line: string) => void): Promise<number> {
  const codes: number[] = []
  for (let at = 0; at < lanes.length; at += atOnce)
    codes.push(...(await Promise.all(lanes.slice(at, at + atOnce).map(lane => run(lane, say)))))
  return Math.max(0, ...codes)
}

async function run({ name, file, args }: Lane, say: (line: string) => void): Promise<number> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close') as Promise<[number | null]>
  await Promise.all([child.stdout, child.stderr].map(stream => shown(stream, line => say(closing.test(line) ? line : `${name} | ${line}`))))
  const [code] = await closed
  return code ?? 1
}

async function shown(stream: NonNullable<ChildProcess['stdout']>, say: (line: string) => void): Promise<void> {
  for await (const line of createInterface(stream)) say(line)
}
