import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundledFile } from '../bundle/bundle.ts'
import { foldersIn, repository } from '../image/bundled-packages.ts'

/** The licences of a package: its own text, or what its package.json states if it comes without one. */
export interface PackageLicence {
  title: string
  text: string
}

/** The licences of all packages whose code is in a bundle, in the order of their names. */
export async function packageLicences(files: readonly Pick<BundledFile, 'from'>[]): Promise<PackageLicence[]> {
  const found = await Promise.all(foldersIn(files.flatMap(({ from }) => from)).map(folder => read(join(repository, folder))))
  const byTitle = new Map(found.map(one => [one.title, one]))
  return [...byTitle.values()].sort((a, b) => (a.title < b.title ? -1 : 1))
}

/** All of them in one text. */
export function licencesText(licences: readonly PackageLicence[]): string {
  return licences.map(({ title, text }) => `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text.trim()}\n`).join('\n')
}

async function read(folder: string): Promise<PackageLicence> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const files = (await readdir(folder)).filter(file => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file)).sort()
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  return {
    title: `${name} ${version}`,
    text: texts.join('\n') || `License: ${license}, as its package.json states. It comes without a text.`,
  }
}
