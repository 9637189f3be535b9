import { fileURLToPath } from 'node:url'
import { type Outcome, run } from '../cluster/run.ts'

/**
 * The `ecr-anywhere` command: the bundle that a suite has made (`TEST_COMMAND`), which starts in a third of the processor time, or else its source
 * in the repository.
 */
export const commandFile = process.env.TEST_COMMAND || fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))

/**
 * Loading the program takes most of the time of a short command, so its compiled code is kept for all processes that tests start. A bench turns
 * this off with NODE_DISABLE_COMPILE_CACHE.
 */
export const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../.tap/compile-cache', import.meta.url))

/** The environment of a child process, without the AWS and Kubernetes configuration of the user. */
export function cleanEnv(extra: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), AWS_EC2_METADATA_DISABLED: 'true', NODE_COMPILE_CACHE, ...extra }
}

/** The arguments of Node for the command. In a bench, the flags of the image are among them. */
export type Program = readonly string[]
export const defaultProgram: Program = [commandFile]

/** Runs `ecr-anywhere SUBCOMMAND …` until it exits. */
export function ecrAnywhere(args: string[], env: Record<string, string>, program = defaultProgram): Promise<Outcome> {
  return run(process.execPath, [...program, ...args], { env: cleanEnv(env) })
}
