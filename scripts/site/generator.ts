import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { must } from '../cluster/run.ts'

const cache = resolve(import.meta.dirname, '../../.cache/site')
const files = ['package.json', 'package-lock.json']

/**
 * Installs the generator of the website, if it is not in the cache under the checksum of its lock file. It has a lock file of its own, because
 * nobody needs its packages to build, test or run the product.
 *
 * @returns the folder `node_modules`
 */
export async function ensureGenerator(): Promise<string> {
  const contents = await Promise.all(files.map(file => readFile(join(import.meta.dirname, file))))
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content)
  const dir = join(cache, `generator-${hash.digest('hex').slice(0, 16)}`)
  if (!(await isFolder(dir))) await install(dir)
  return join(dir, 'node_modules')
}

/** Imports a module of the generator, which TypeScript does not know. */
export async function importFrom<Module>(modules: string, path: string): Promise<Module> {
  return await import(pathToFileURL(join(modules, path)).href)
}

async function install(dir: string): Promise<void> {
  const startedMs = performance.now()
  console.error('the generator of the website: npm installs it')
  await mkdir(cache, { recursive: true })
  const half = await mkdtemp(join(cache, 'half-'))
  for (const file of files) await cp(join(import.meta.dirname, file), join(half, file))
  // Not `npm ci`, for the reason in the Makefile. No package of it needs a script.
  await must('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--prefix', half])
  await rm(dir, { recursive: true, force: true })
  await rename(half, dir)
  console.error(`the generator of the website: installed in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}
