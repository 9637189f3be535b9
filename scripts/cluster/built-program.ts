import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exists } from './exists.ts'
import { withLock } from './lock.ts'

const cache = resolve(import.meta.dirname, '../../.cache/go')

export interface BuiltProgram {
  /** Of the folder in the cache. */
  name: string
  version: string
  /** The file of the program. Default: the name. */
  file?: string
  /** How it is built, as the progress says it. */
  how: string
}

/**
 * Builds a program if it is not in the cache, in a folder that its name and version name. Prints what is built and how long it took.
 *
 * @param build writes the file of the program into an empty folder, which is removed afterwards
 * @returns the path of the program
 */
export async function builtProgram(
  { name, version, file = name, how }: BuiltProgram,
  build: (half: string) => Promise<void>,
): Promise<string> {
  const dir = join(cache, `${name}-${version}-${process.platform}-${process.arch}`)
  const program = join(dir, file)
  if (await exists(program)) return program
  await mkdir(dir, { recursive: true })
  await withLock(join(dir, 'lock'), async () => {
    if (await exists(program)) return
    const startedMs = performance.now()
    console.error(`${name} ${version}: building ${how}`)
    const half = await mkdtemp(join(dir, 'half-'))
    try {
      await build(half)
      await rename(join(half, file), program)
    } finally {
      await rm(half, { recursive: true, force: true })
    }
    console.error(`${name} ${version}: built in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
  })
  return program
}
