import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exists } from '../cluster/exists.ts'
import { hasPip } from '../cluster/prerequisites.ts'
import { must } from '../cluster/run.ts'

export const zizmorVersion = '1.32.0'
const cache = resolve(import.meta.dirname, '../../.cache/python')

/** Installs zizmor, which audits workflows, from a wheel of PyPI. @returns its path, or undefined without Python and pip */
export async function ensureZizmor(): Promise<string | undefined> {
  const dir = join(cache, `zizmor-${zizmorVersion}-${process.platform}-${process.arch}`)
  const program = join(dir, 'bin', 'zizmor')
  if (await exists(program)) return program
  if (!(await hasPip())) return undefined
  await mkdir(cache, { recursive: true })
  const half = await mkdtemp(join(cache, 'half-'))
  await must('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', half, `zizmor==${zizmorVersion}`])
  await rm(dir, { recursive: true, force: true })
  await rename(half, dir)
  return program
}
