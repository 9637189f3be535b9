import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { exists } from '../cluster/exists.ts'
import { lastLines, must, type Outcome, run } from '../cluster/run.ts'
import type { DebianPackage, NodePackage } from './base-lock.ts'
import { mirrorIn, urlsOf } from './debian-mirrors.ts'

/** The directory of downloaded packages, which git ignores. */
const cache = resolve(import.meta.dirname, '../../.cache/image/packages')

/** Downloads a Debian package from the mirror of this machine or DEBIAN_MIRROR. @returns its `.deb` file, whose checksum is verified */
export async function debianPackage(locked: DebianPackage, snapshot: string): Promise<string> {
  return await cached({ file: basename(locked.path), algorithm: 'sha256', wanted: Buffer.from(locked.sha256, 'hex') }, async dir => {
    const failures: string[] = []
    for (const url of urlsOf(locked, await mirror(), snapshot)) {
      const { code, stdout, stderr } = await apt('/usr/lib/apt/apt-helper', [
        'download-file',
        url,
        join(dir, basename(locked.path)),
        `SHA256:${locked.sha256}`,
      ])
      if (code === 0) return
      failures.push(`${url}: ${lastLines(stderr || stdout, 2)}`)
    }
    throw new Error(
      `found ${locked.name} ${locked.version} nowhere; wanted a mirror that has it, so set DEBIAN_MIRROR to one (https://…/debian), or run \`npm run image:lock\`, which locks the versions that Debian has now:\n${failures.join('\n')}`,
    )
  })
}

/** Downloads Node for one platform from npm. @returns the archive of its package, whose checksum is verified */
export async function nodePackage({ name, version, integrity }: NodePackage): Promise<string> {
  const [algorithm = '', sum = ''] = integrity.split('-', 2)
  return await cached({ file: `${name}-${version}.tgz`, algorithm, wanted: Buffer.from(sum, 'base64') }, async dir => {
    await must('npm', ['pack', `${name}@${version}`, '--pack-destination', dir, '--silent'])
  })
}

interface Wanted {
  file: string
  algorithm: string
  wanted: Buffer
}

/** @param download puts the file into the folder that it is given */
async function cached({ file, algorithm, wanted }: Wanted, download: (dir: string) => Promise<void>): Promise<string> {
  const path = join(cache, file)
  if ((await exists(path)) && (await hashOf(path, algorithm)).equals(wanted)) return path
  await mkdir(cache, { recursive: true })
  const half = await mkdtemp(join(cache, 'half-'))
  try {
    await download(half)
    const [made = ''] = await readdir(half)
    const found = await hashOf(join(half, made), algorithm)
    if (!found.equals(wanted))
      throw new Error(`found ${file} with the ${algorithm} ${found.toString('hex')}, wanted ${wanted.toString('hex')}.`)
    await rename(join(half, made), path)
  } finally {
    await rm(half, { recursive: true, force: true })
  }
  return path
}

async function hashOf(file: string, algorithm: string): Promise<Buffer> {
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest()
}

/** @returns DEBIAN_MIRROR, or the mirror from which this machine installs packages */
export async function mirror(): Promise<string | undefined> {
  if (process.env.DEBIAN_MIRROR) return process.env.DEBIAN_MIRROR
  // Without release info, it also lists the sources of a new machine that has no package lists yet.
  const { stdout } = await apt('apt-get', ['indextargets', '--no-release-info', '--format', '$(SITE)', 'Created-By: Packages'])
  return mirrorIn(stdout)
}

async function apt(file: string, args: string[]): Promise<Outcome> {
  try {
    return await run(file, args)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    throw new Error(`found no ${file}; an image is made of Debian packages, so run this on Debian or Ubuntu, where apt is available.`, {
      cause: error,
    })
  }
}
