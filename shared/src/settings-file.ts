import { settingsFault } from './settings-fault.ts'

/**
 * Reads the file that a variable names.
 *
 * @param name the variable, for the error message
 * @param read reads a file and throws an error with Node's code
 * @throws Fault `settings` if it cannot be read
 */
export async function readSettingsFile(name: string, path: string, read: (path: string) => Promise<string>): Promise<string> {
  try {
    return await read(path)
  } catch (error) {
    throw settingsFault([`${name}: found ${path} (${(error as NodeJS.ErrnoException).code}), wanted a readable file`])
  }
}
