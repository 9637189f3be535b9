import { open } from 'node:fs/promises'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'

/**
 * Appends lines to the file GITHUB_ENV. If the last line of the file is not complete, it is completed first.
 *
 * @throws Fault `settings` if the file cannot be written. The runner creates it
 */
export async function appendGithubEnv(path: string, lines: string): Promise<void> {
  try {
    await using file = await open(path, 'r+')
    const { size } = await file.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await file.read(last, 0, 1, size - 1)
    const isComplete = size === 0 || last.toString() === '\n'
    await file.write(isComplete ? lines : `\n${lines}`, size)
  } catch (error) {
    throw settingsFault([`GITHUB_ENV: found ${path} (${(error as NodeJS.ErrnoException).code}), wanted a file that can be written`])
  }
}
