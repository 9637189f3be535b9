import { fileURLToPath } from 'node:url'
import { type Outcome, run } from '../cluster/run.ts'

/** The `ecr-anywhere` command as it stands in the repository. */
export const commandFile = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))

/** What a process needs of this one's environment; nothing of the developer's own AWS or Kubernetes set-up gets through. */
export function cleanEnv(extra: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), AWS_EC2_METADATA_DISABLED: 'true', ...extra }
}

/** What node is given to run the command: by default the repository's own source; a bench gives a bundle and its flags. */
export type Program = readonly string[]
export const sourceProgram: Program = [commandFile]

/** Runs `ecr-anywhere SUBCOMMAND …` to its end. */
export function ecrAnywhere(args: string[], env: Record<string, string>, program = sourceProgram): Promise<Outcome> {
  return run(process.execPath, [...program, ...args], { env: cleanEnv(env) })
}
