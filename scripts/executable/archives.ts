import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { script } from '@ecr-anywhere/cli/completion/script.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { bundleSingleFile, commandName } from '../bundle/bundle.ts'
import { exists } from '../cluster/exists.ts'
import { withLock } from '../cluster/lock.ts'
import { must } from '../cluster/run.ts'
import { type Architecture, architectures, readBaseLock } from '../image/base-lock.ts'
import { repository } from '../image/bundled-packages.ts'
import { writeTar } from '../image/layer.ts'
import { programName } from './krew-manifest.ts'
import { licencesText, packageLicences } from './licences.ts'
import { makeProgram, seaConfig } from './program.ts'

/** The cached archives, in a folder for each content, which git ignores. */
const cache = resolve(import.meta.dirname, '../../.cache/executable')

/** An archive with the executable for one architecture. */
export interface Archive {
  architecture: Architecture
  path: string
  sha256: string
  /** the size of the archive */
  bytes: number
}

/** The files of an archive that do not depend on the architecture, by their paths. */
type SharedFiles = Record<string, string>

/**
 * Makes an archive for each architecture: the executable, the script with which kubectl completes its words, and all licences. Archives of
 * the same code are made once. The same commit results in the same bytes on every machine.
 */
export async function makeArchives(of: readonly Architecture[] = architectures): Promise<Archive[]> {
  await mkdir(cache, { recursive: true })
  const { main, files } = await inputs()
  const nodes = (await readBaseLock()).architectures
  const key = createHash('sha256')
    .update(JSON.stringify([main, files, seaConfig, nodes.amd64.node, nodes.arm64.node]))
    .digest('hex')
  const dir = join(cache, key.slice(0, 16))
  return await withLock(join(cache, 'lock'), async () => {
    await removeOld(dir)
    return await Promise.all(
      of.map(async architecture => {
        const path = join(dir, `${programName}-${version}-linux-${architecture}.tar.gz`)
        if (!(await exists(path))) await makeArchive(path, architecture, { main, files })
        return { architecture, path, sha256: await sha256(path), bytes: (await stat(path)).size }
      }),
    )
  })
}

/** Unpacks an archive into a folder. @returns the executable */
export async function unpacked({ path }: Archive, dir: string): Promise<string> {
  await mkdir(dir, { recursive: true })
  await must('tar', ['--extract', '--gzip', `--file=${path}`, `--directory=${dir}`])
  return join(dir, programName)
}

async function inputs(): Promise<{ main: string; files: SharedFiles }> {
  const work = await mkdtemp(join(cache, 'bundle-'))
  try {
    const bundled = await bundleSingleFile(work)
    return {
      main: await readFile(join(work, commandName), 'utf8'),
      files: {
        LICENSE: await readFile(join(repository, 'LICENSE'), 'utf8'),
        'kubectl_complete-ecr_anywhere': script('kubectl'),
        'licenses/npm-packages.txt': licencesText(await packageLicences(bundled)),
      },
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function makeArchive(path: string, architecture: Architecture, { main, files }: { main: string; files: SharedFiles }): Promise<void> {
  const work = await mkdtemp(join(cache, 'archive-'))
  try {
    const { program, licence } = await makeProgram(architecture, main)
    const root = join(work, 'root')
    for (const [name, content] of Object.entries<string | Buffer>({ ...files, [programName]: program, 'licenses/node.txt': licence })) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), content)
    }
    for (const name of [programName, 'kubectl_complete-ecr_anywhere']) await chmod(join(root, name), 0o755)
    const tar = join(work, 'archive.tar')
    await writeTar(tar, root)
    // zlib writes no name and no time into the header.
    await pipeline(createReadStream(tar), createGzip(), createWriteStream(`${tar}.gz`))
    await mkdir(dirname(path), { recursive: true })
    await rename(`${tar}.gz`, path)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const keptMs = 24 * 60 * 60 * 1_000

/** Archives of older code would fill the disk. Those of the last day may be in use. */
async function removeOld(own: string): Promise<void> {
  for (const name of (await readdir(cache)).filter(name => /^[0-9a-f]{16}$/.test(name))) {
    const dir = join(cache, name)
    if (dir !== own && Date.now() - (await stat(dir)).mtimeMs > keptMs) await rm(dir, { recursive: true, force: true })
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}
