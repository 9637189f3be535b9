import { spawn } from 'node:child_process'
import { constants } from 'node:os'

export interface Outcome {
  /** exit code; 128 + the signal's number where a signal ended it, as a shell says it */
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** what the program reads on stdin; nothing where absent */
  input?: string
}

/** Runs a program to its end. Any exit code is an outcome; it rejects only where the program cannot be started (`ENOENT`). */
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
    // A program that ends without reading its input closes the pipe: its exit code tells more than EPIPE does.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** The end of a log, for an error's message. */
export function lastLines(text: string, lines = 15): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

/** Runs a program that has to succeed. @returns its stdout @throws with the end of its stderr, or of its stdout where that is empty */
export async function must(file: string, args: string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(file, args, options)
  if (code !== 0) throw new Error(`${file} ${args.slice(0, 4).join(' ')} … ended with code ${code}:\n${lastLines(stderr || stdout)}`)
  return stdout
}
