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

/** Debian's name for where an architecture's libraries are: https://wiki.debian.org/Multiarch/Tuples */
const tuples: Record<Architecture, string> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/**
 * Makes in `root` what the bundles need, and nothing else: Node, the shared libraries that it is linked to, CA certificates, the user's
 * name, and the licences of all that. Nothing of it is run, so it can be made on any architecture.
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
  // Node's own list, not this machine's, which may trust a company's proxy. Node reads it where it is told to (--use-openssl-ca).
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
  /** where Debian's packages are unpacked */
  from: string
  program: Buffer
  /** where they are, in Debian and in the image */
  folder: string
}

/** Debian merges `/lib` into `/usr/lib`, and so does this: the loader's path leads there by links. https://wiki.debian.org/UsrMerge */
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

/** Where a package has none of its own (it links to the one of its source package), that one is in the list, too. */
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
