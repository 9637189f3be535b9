import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { PlannedFile } from '../planned-files.ts'

/**
 * Writes the files into a directory, and creates it if it does not exist. Either no file exists before, or `force` is set.
 *
 * @throws Fault `settings` if a file exists, or cannot be written
 */
export async function writeFiles(directory: string, files: readonly PlannedFile[], { force }: { force: boolean }): Promise<void> {
  const paths = files.map(({ path, text }) => ({ path: join(directory, path), text }))
  if (!force) {
    const found = await Promise.all(paths.map(async ({ path }) => ((await exists(path)) ? [path] : [])))
    if (found.flat().length > 0) throw existing(found.flat())
  }
  try {
    for (const { path, text } of paths) {
      await mkdir(dirname(path), { recursive: true })
      // `wx` fails if the file was created since it was looked for.
      await writeFile(path, text, { flag: force ? 'w' : 'wx' })
    }
  } catch (cause) {
    const { code = 'an error', path = directory } = cause as NodeJS.ErrnoException
    throw new Fault('settings', {
      found: `${code} on writing ${path}`,
      wanted: 'a directory that can be written',
      todo: 'Choose another one with --output.',
      cause,
    })
  }
}

async function exists(path: string): Promise<boolean> {
  // If a part of the path is a file, or cannot be read, writing reports it.
  return await stat(path).then(
    () => true,
    () => false,
  )
}

function existing(paths: readonly string[]): Fault {
  return new Fault('settings', {
    found: `${paths.join(', ')}, which ${paths.length === 1 ? 'exists' : 'exist'}`,
    wanted: 'a directory without these files',
    todo: 'Choose another one with --output, or replace them with --force.',
  })
}
