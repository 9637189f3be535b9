import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

/** As images name them. */
export const architectures = ['amd64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

export interface DebianPackage {
  name: string
  version: string
  /** the archive that has it: a point release moves what `debian-security` has to `debian` */
  archive: 'debian' | 'debian-security'
  /** below the archive: `pool/main/…` */
  path: string
  /** of the `.deb` file, hexadecimal */
  sha256: string
}

/** The npm package that holds Node's program for one platform. */
export interface NodePackage {
  name: string
  version: string
  /** of the package's archive, as npm states it: `sha512-…` */
  integrity: string
}

/** All that an image is made of, apart from this repository. */
export interface BaseLock {
  /** Debian's release */
  suite: string
  /** when the lock was made, as snapshot.debian.org names its snapshots: that one has all of its packages, for good */
  snapshot: string
  architectures: Record<Architecture, { node: NodePackage; packages: DebianPackage[] }>
}

export const lockFile = resolve(import.meta.dirname, 'base-lock.json')

/** What `npm run image:lock` wrote. */
export async function readBaseLock(): Promise<BaseLock> {
  return JSON.parse(await readFile(lockFile, 'utf8'))
}

/** The architecture of this machine. @throws where there is no image for it */
export function ownArchitecture(arch: string = process.arch): Architecture {
  if (arch === 'x64') return 'amd64'
  if (arch === 'arm64') return 'arm64'
  throw new Error(`found a machine of the architecture ${arch}; images are made for ${architectures.join(' and ')} only.`)
}
