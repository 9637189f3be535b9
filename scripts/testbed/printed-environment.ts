import { type ChildProcess, spawn } from 'node:child_process'
import type { Test } from 'tap'

/**
 * Starts a program that prints the environment for its clients, as the emulators do when they are run by hand.
 *
 * @param file the file that Node runs until the end of the test
 * @returns the process, and the variables that it has exported
 */
export async function printedEnvironment(
  t: Test,
  file: string,
): Promise<{ command: ChildProcess; env: Record<string, string | undefined> }> {
  const command = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => command.kill('SIGKILL'))
  let printed = ''
  for await (const chunk of command.stdout.setEncoding('utf8')) {
    printed += chunk
    if (printed.includes('Ctrl-C')) break
  }
  return { command, env: Object.fromEntries([...printed.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value])) }
}
