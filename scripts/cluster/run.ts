import { spawn } from 'node:child_process'
import { constants } from 'node:os'

export interface Outcome {
  /** the exit code, or 128 plus the number of the signal that ended it, as in a shell */
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** the stdin of the program; by default it is empty */
  input?: string
}

/** Runs a program until it exits. Any exit code is an outcome. It rejects only if the program cannot be started (`ENOENT`). */
export function run(file: string, args: string[], { cwd, env = process.env, input = '' }: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', chunk => out.push(chunk))
    child.stderr.on('data', chunk => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const ended = code ?? 128 + (signal ? constants.signals[signal] : 0)
      resolve({ code: ended, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() })
    })
    // A program that exits without reading its input closes the pipe. Its exit code is more informative than EPIPE.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** The end of a log, for an error message. */
export function lastLines(text: string, lines = 15): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

/** Runs a program that must succeed. @returns its stdout @throws with the end of its stderr, or of its stdout if stderr is empty */
export async function must(file: string, args: string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(file, args, options)
  if (code !== 0) throw new Error(`${file} ${args.slice(0, 4).join(' ')} … exited with code ${code}:\n${lastLines(stderr || stdout)}`)
  return stdout
}
