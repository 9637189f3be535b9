import { readFile } from 'node:fs/promises'
import { readSettingsFile } from '../settings-file.ts'

/**
 * Reads the file that a variable or an option names.
 *
 * @param name the variable or the option, for the error message
 * @param path undefined if it is not set
 * @returns the text; undefined if it is not set
 * @throws Fault `settings` if the file cannot be read
 */
export async function namedFile<P extends string | undefined>(name: string, path: P): Promise<string | Extract<P, undefined>>
export async function namedFile(name: string, path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : readSettingsFile(name, path, file => readFile(file, 'utf8'))
}
