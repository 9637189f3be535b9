import { readFile } from 'node:fs/promises'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'

/** The text of the file that a variable names; undefined if the variable is not set. @throws Fault `settings` if the file cannot be read */
export async function namedFile(variable: string, path: string | undefined): Promise<string | undefined> {
  try {
    return path ? await readFile(path, 'utf8') : undefined
  } catch (error) {
    throw settingsFault([`${variable}: found ${path} (${(error as NodeJS.ErrnoException).code}), wanted a readable file`])
  }
}
