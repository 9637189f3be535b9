import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { must } from '../cluster/run.ts'
import { home, nodePath, uid } from './image-config.ts'

/**
 * Makes of this machine what a distroless base has and node needs, where no base can be pulled: this very node (the one that package.json
 * pins), the shared libraries that it is linked to, CA certificates, and the user's name. Linux with glibc only.
 */
export async function makeLocalBase(root: string): Promise<void> {
  if (process.platform !== 'linux') throw new Error(`found ${process.platform}; an image can be made of this machine's node on Linux only.`)
  const node = join(root, nodePath)
  for (const file of await librariesOf(process.execPath)) await copyInto(root, file, file)
  await copyInto(root, process.execPath, nodePath)
  // A fifth of it is symbols for a debugger.
  await must('strip', [node])
  await chmod(node, 0o755)
  // Node's own list, not this machine's, which may trust a company's proxy. Node reads it where it is told to (--use-openssl-ca).
  await write(root, '/etc/ssl/certs/ca-certificates.crt', getCACertificates('bundled').join('\n'))
  await write(root, '/etc/passwd', `root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:${uid}:${uid}:nonroot:${home}:/sbin/nologin\n`)
  await write(root, '/etc/group', `root:x:0:\nnonroot:x:${uid}:\n`)
  await write(root, '/etc/nsswitch.conf', 'hosts: files dns\n')
  await mkdir(join(root, home), { recursive: true })
}

/** `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)`, and the loader: `/lib64/ld-linux-x86-64.so.2 (0x…)`. */
async function librariesOf(program: string): Promise<string[]> {
  return [...(await must('ldd', [program])).matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? [])
}

async function copyInto(root: string, from: string, to: string): Promise<void> {
  await mkdir(dirname(join(root, to)), { recursive: true })
  await copyFile(from, join(root, to))
}

async function write(root: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content)
}
