import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

/** The architectures of the image, as images name them. */
export const architectures = ['amd64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

export interface DebianPackage {
  name: string
  version: string
  /** the archive of the package; a point release moves packages from `debian-security` to `debian` */
  archive: 'debian' | 'debian-security'
  /** the path below the archive: `pool/main/…` */
  path: string
  /** the checksum of the `.deb` file, hexadecimal */
  sha256: string
}

/** The npm package with the Node program for one platform. */
export interface NodePackage {
  name: string
  version: string
  /** the checksum of the archive of the package in the format of npm: `sha512-…` */
  integrity: string
}

/** All parts of an image that are not in this repository. */
export interface BaseLock {
  /** the release of Debian */
  suite: string
  /** the time of the lock, in the format of snapshot.debian.org, whose snapshot of that time permanently has all packages */
  snapshot: string
  architectures: Record<Architecture, { node: NodePackage; packages: DebianPackage[] }>
}

export const lockFile = resolve(import.meta.dirname, 'base-lock.json')

/** Reads the file that `npm run image:lock` writes. */
export async function readBaseLock(): Promise<BaseLock> {
  return JSON.parse(await readFile(lockFile, 'utf8'))
}

/** @returns the architecture of this machine @throws if there is no image for it */
export function ownArchitecture(arch: string = process.arch): Architecture {
  if (arch === 'x64') return 'amd64'
  if (arch === 'arm64') return 'arm64'
  throw new Error(`found a machine of the architecture ${arch}; images are made for ${architectures.join(' and ')} only.`)
}
