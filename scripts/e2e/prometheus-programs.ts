import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exists } from '../cluster/exists.ts'
import { withLock } from '../cluster/lock.ts'
import { must, run } from '../cluster/run.ts'

const cache = resolve(import.meta.dirname, '../../.cache/prometheus')

/** Prometheus' own tool. @returns its path */
export const promtool = async () => join(await unpacked('prometheus'), 'usr/bin/promtool')
/** Prometheus itself. @returns its path */
export const prometheus = async () => join(await unpacked('prometheus'), 'usr/bin/prometheus')

/**
 * The Alertmanager, to which Prometheus sends alerts. Debian's reads its templates from /usr/share, so it gets that folder of its package in
 * a mount namespace of its own.
 *
 * @returns the command line to which its flags are added
 */
export async function alertmanager(): Promise<[file: string, ...args: string[]]> {
  const dir = await unpacked('prometheus-alertmanager')
  const bound = 'mount --bind "$0/usr/share" /usr/share && exec "$0/usr/bin/prometheus-alertmanager" "$@"'
  return ['unshare', '--mount', 'sh', '-c', bound, dir]
}

/** A Debian package, which is unpacked and not installed, because an install would start a server. @returns its folder */
async function unpacked(debianPackage: string): Promise<string> {
  const dir = join(cache, `${debianPackage}_${await debianVersion(debianPackage)}`)
  const program = join(dir, 'usr/bin', debianPackage)
  if (await exists(program)) return dir
  await mkdir(cache, { recursive: true })
  await withLock(`${dir}.lock`, async () => {
    if (await exists(program)) return
    console.error(`${dir}: from Debian's package ${debianPackage}`)
    const half = await mkdtemp(join(cache, 'half-'))
    try {
      await must('apt-get', ['download', debianPackage], { cwd: half })
      const [archive = ''] = await readdir(half)
      await must('dpkg-deb', ['--extract', archive, 'content'], { cwd: half })
      await rename(join(half, 'content'), dir)
    } finally {
      await rm(half, { recursive: true, force: true })
    }
  })
  return dir
}

async function debianVersion(debianPackage: string): Promise<string> {
  const show = ['show', '--no-all-versions', debianPackage]
  // A new machine has no package lists yet.
  if ((await run('apt-cache', show)).code !== 0) await must('apt-get', ['update'])
  return /^Version: (.+)$/m.exec(await must('apt-cache', show))?.[1] ?? 'unknown'
}
