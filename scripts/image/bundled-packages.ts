import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { BundledFile } from '../bundle/bundle.ts'

export const repository = resolve(import.meta.dirname, '../..')

/** An npm package. */
export interface NpmPackage {
  name: string
  version: string
  /** an SPDX expression, or undefined if the package has none */
  license?: string
}

/**
 * The packages whose code is in a bundle, by name, and thus in the image. `npm sbom --omit=dev` omits packages that are also development
 * dependencies.
 */
export async function bundledPackages(files: readonly Pick<BundledFile, 'from'>[]): Promise<NpmPackage[]> {
  const found = await Promise.all(foldersIn(files.flatMap(({ from }) => from)).map(read))
  // The same version may be in several folders.
  const byId = new Map(found.map(one => [`${one.name}@${one.version}`, one]))
  return [...byId.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

/** The folders of packages without duplicates: `node_modules/a/node_modules/@b/c/d.js` -> `node_modules/a/node_modules/@b/c`. */
export function foldersIn(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap(path => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []))]
}

async function read(folder: string): Promise<NpmPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(repository, folder, 'package.json'), 'utf8'))
  return { name, version, ...(typeof license === 'string' && { license }) }
}
