import { createReadStream } from 'node:fs'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { maxBytes } from '../input/parse-text.ts'

/**
 * Reads the file, or stdin if the path is `-`. Of a longer input only the beginning is read, which is still too long to be parsed.
 *
 * @throws Fault `settings` if it cannot be read
 */
export async function readInput(path: string): Promise<string> {
  const stream: AsyncIterable<Buffer> = path === '-' ? process.stdin : createReadStream(path)
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of stream) {
      parts.push(part)
      length += part.length
      if (length > maxBytes) break
    }
  } catch (error) {
    throw settingsFault([`-f: found ${path} (${(error as NodeJS.ErrnoException).code}), wanted a readable file`])
  }
  return Buffer.concat(parts).toString('utf8')
}
