import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exists } from '../cluster/exists.ts'
import { must, run } from '../cluster/run.ts'

const cache = resolve(import.meta.dirname, '../../.cache/prometheus')

/** Prometheus' own tool. @returns its path */
export const promtool = () => program('promtool')
/** Prometheus itself. @returns its path */
export const prometheus = () => program('prometheus')

/** A program from the Debian package of Prometheus, which is unpacked and not installed, because an install would start a server. */
async function program(name: 'promtool' | 'prometheus'): Promise<string> {
  const file = join(cache, `${name}-${await debianVersion()}`)
  if (await exists(file)) return file
  console.error(`${file}: from Debian's package prometheus`)
  await mkdir(cache, { recursive: true })
  const dir = await mkdtemp(join(cache, 'half-'))
  await must('apt-get', ['download', 'prometheus'], { cwd: dir })
  const [archive = ''] = await readdir(dir)
  await must('dpkg-deb', ['--extract', archive, dir], { cwd: dir })
  await rename(join(dir, 'usr/bin', name), file)
  await rm(dir, { recursive: true })
  return file
}

async function debianVersion(): Promise<string> {
  const show = ['show', '--no-all-versions', 'prometheus']
  // A new machine has no package lists yet.
  if ((await run('apt-cache', show)).code !== 0) await must('apt-get', ['update'])
  return /^Version: (.+)$/m.exec(await must('apt-cache', show))?.[1] ?? 'unknown'
}
