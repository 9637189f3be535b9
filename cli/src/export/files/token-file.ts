import { text } from 'node:stream/consumers'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { namedFile } from '@ecr-anywhere/shared/files/named-file.ts'

/**
 * Reads the identity token from a file, or from stdin if the path is `-`.
 *
 * @param name the option or variable that names the file, for messages
 * @throws Fault `settings` if it cannot be read or is empty
 */
export async function tokenFromFile(name: string, path: string): Promise<string> {
  const content = path === '-' ? await text(process.stdin) : await namedFile(name, path)
  const token = content.trim()
  if (token !== '') return token
  throw new Fault('settings', {
    found: path === '-' ? 'nothing on stdin' : `an empty file ${path}`,
    wanted: 'an identity token (JWT)',
    todo: 'Did the step before this one write the token?',
  })
}
