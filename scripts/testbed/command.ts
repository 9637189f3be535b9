import { fileURLToPath } from 'node:url'
import { type Outcome, run } from '../cluster/run.ts'

/** The `ecr-anywhere` command as it stands in the repository. */
export const commandFile = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))

/** What a process needs of this one's environment; nothing of the developer's own AWS or Kubernetes set-up gets through. */
export function cleanEnv(extra: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), AWS_EC2_METADATA_DISABLED: 'true', ...extra }
}

/** Runs `ecr-anywhere SUBCOMMAND …` to its end. */
export function ecrAnywhere(args: string[], env: Record<string, string>): Promise<Outcome> {
  return run(process.execPath, [commandFile, ...args], { env: cleanEnv(env) })
}
