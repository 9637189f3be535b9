import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { getCACertificates } from 'node:tls'
import { exists } from '../cluster/exists.ts'
import { must } from '../cluster/run.ts'
import { type Architecture, type BaseLock, readBaseLock } from './base-lock.ts'
import { debianPackage, nodePackage } from './download.ts'
import { interpreterOf, neededLibraries, withoutSections } from './elf.ts'
import { home, nodePath, uid } from './image-config.ts'

/** The name of the library directory of each architecture in Debian: https://wiki.debian.org/Multiarch/Tuples */
const tuples: Record<Architecture, string> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/**
 * Creates in `root` only what the bundles need: Node, the shared libraries that it is linked to, CA certificates, the name of the
 * user, and the licences. Nothing of it is run, so it can be created on any architecture.
 */
export async function makeBaseRoot(root: string, architecture: Architecture): Promise<void> {
  const lock = await readBaseLock()
  const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-base-'))
  try {
    await unpack(lock, architecture, work)
    const node = await readFile(join(work, 'package/bin/node'))
    await write(root, nodePath, withoutSections(node), 0o755)
    await copyInto(root, join(work, 'package/LICENSE'), '/usr/share/doc/nodejs/copyright')
    await addLibraries({ root, from: work, program: node, folder: `/usr/lib/${tuples[architecture]}` })
    for (const { name } of lock.architectures[architecture].packages) await addLicence(root, work, name)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  // The list of Node is used, because that of this machine may contain the CA of a proxy. Node reads it with --use-openssl-ca.
  await write(root, '/etc/ssl/certs/ca-certificates.crt', `${getCACertificates('bundled').join('\n')}\n`)
  await write(root, '/etc/passwd', `root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:${uid}:${uid}:nonroot:${home}:/sbin/nologin\n`)
  await write(root, '/etc/group', `root:x:0:\nnonroot:x:${uid}:\n`)
  await write(root, '/etc/nsswitch.conf', 'hosts: files dns\n')
  await mkdir(join(root, home), { recursive: true })
}

async function unpack({ architectures, snapshot }: BaseLock, architecture: Architecture, to: string): Promise<void> {
  const { node, packages } = architectures[architecture]
  if (node.version !== process.versions.node)
    throw new Error(
      `found Node ${process.versions.node}, and Node ${node.version} in base-lock.json; wanted one version, because the CA certificates are of the Node that runs this. Run \`npm run image:lock\`, or this through npm.`,
    )
  for (const one of packages) await must('dpkg-deb', ['--extract', await debianPackage(one, snapshot), to])
  await must('tar', [
    '--extract',
    '--gzip',
    `--file=${await nodePackage(node)}`,
    `--directory=${to}`,
    'package/bin/node',
    'package/LICENSE',
  ])
}

interface Libraries {
  root: string
  /** the directory of the unpacked Debian packages */
  from: string
  program: Buffer
  /** the library directory in Debian and in the image */
  folder: string
}

/** As in Debian, `/lib` is merged into `/usr/lib`, and the path of the loader is a link to it. https://wiki.debian.org/UsrMerge */
async function addLibraries({ root, from, program, folder }: Libraries): Promise<void> {
  const due = [program]
  const done = new Set<string>()
  for (let elf = due.shift(); elf !== undefined; elf = due.shift()) {
    for (const name of neededLibraries(elf).filter(name => !done.has(name))) {
      done.add(name)
      const file = join(from, folder, name)
      if (!(await exists(file)))
        throw new Error(`found no ${name} in the packages of base-lock.json; add the package that has it to scripts/image/lock/main.ts.`)
      await copyInto(root, await realpath(file), join(folder, name))
      due.push(await readFile(file))
    }
  }
  const loader = interpreterOf(program)
  if (loader === undefined) throw new Error('found a Node that is linked statically; wanted one that names its loader.')
  await link(root, join('/usr', loader), join(folder, basename(loader)))
  await link(root, dirname(loader), join('/usr', dirname(loader)))
  if (dirname(loader) !== '/lib') await link(root, '/lib', '/usr/lib')
}

/** If a package has no copyright file of its own (but a link to that of its source package), that one is also in the list. */
async function addLicence(root: string, from: string, name: string): Promise<void> {
  const path = `/usr/share/doc/${name}/copyright`
  const file = join(from, path)
  if ((await exists(file)) && (await realpath(file)) === (await realpath(from)) + path) await copyInto(root, file, path)
}

async function link(root: string, path: string, to: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await symlink(relative(dirname(path), to), join(root, path))
}

async function copyInto(root: string, from: string, to: string): Promise<void> {
  await mkdir(dirname(join(root, to)), { recursive: true })
  await copyFile(from, join(root, to))
}

async function write(root: string, path: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content, { mode })
}
