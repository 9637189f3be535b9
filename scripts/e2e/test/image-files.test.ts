import { copyFile, glob, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { version } from '@ecr-anywhere/shared/version.ts'
import t from 'tap'
import { bundle } from '../../bundle/bundle.ts'
import { ensureDebianPackages } from '../../cluster/debian.ts'
import { must } from '../../cluster/run.ts'
import { type Architecture, architectures } from '../../image/base-lock.ts'
import { makeImageIndex, makeRoots } from '../../image/image.ts'
import { nodePath } from '../../image/image-config.ts'
import { sizes } from '../../image/sizes.ts'

const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-files-'))
t.teardown(() => rm(work, { recursive: true }))

t.test('two builds of the image have the same digest, for both architectures', async t => {
  const [once, again] = [
    await makeImageIndex(await bundle(), join(work, 'once')),
    await makeImageIndex(await bundle(), join(work, 'again')),
  ]
  t.equal(once.digest, again.digest)
  t.strictSame(once.images, again.images)
  t.strictSame(once.images.map(({ architecture }) => architecture).sort(), [...architectures])
  for (const line of sizes(once.images)) console.error(line)
})

t.test('an image contains only Node, its shared libraries, CA certificates, the bundles and their licences', async t => {
  const bundled = await bundle()
  const allowed = [
    /^nodejs\/bin\/node$/,
    /^usr\/lib\/[^/]+-linux-gnu\/(?:lib(?:atomic|c|dl|gcc_s|m|pthread|stdc\+\+)|ld-linux-[^/]+)\.so\.\d$/,
    /^(?:lib|lib64|usr\/lib(?:64)?\/ld-linux-[^/]+)$/,
    /^etc\/(?:ssl\/certs\/ca-certificates\.crt|passwd|group|nsswitch\.conf)$/,
    /^usr\/share\/doc\/[^/]+\/copyright$/,
    /^app\/[^/]+\.js(?:\.map)?$/,
    /^app\/ecr-anywhere$/,
    /^app\/sbom\.cdx\.json$/,
  ]
  for (const architecture of architectures) {
    const roots = await makeRoots(join(work, architecture), architecture, bundled)
    const files = (await Promise.all(roots.map(filesIn))).flat()
    t.strictSame(
      files.filter(file => !allowed.some(pattern => pattern.test(file))),
      [],
      architecture,
    )
    t.ok(files.length > 30)
    t.ok((await stat(join(roots[0] ?? '', nodePath))).size < 120_000_000, 'Node has no symbols')
  }
})

t.test('an image of each architecture starts with the Node version of its bill of materials', async t => {
  const emulator = '/usr/bin/qemu-aarch64-static'
  const foreign: Architecture = 'arm64'
  if (process.arch !== foreign) await ensureDebianPackages(['qemu-user-static'])
  for (const architecture of architectures) {
    const [base = '', program = ''] = ['base', 'program'].map(name => join(work, architecture, name))
    await must('cp', ['--recursive', join(program, 'app'), base])
    const isForeign = architecture === foreign && process.arch !== foreign
    if (isForeign) await copyFile(emulator, join(base, 'emulator'))
    // tap sets a variable with which each started Node loads modules of tap.
    const inRoot = ['--ignore-environment', '/usr/sbin/chroot', base, ...(isForeign ? ['/emulator'] : [])]
    const start = (...args: string[]) => must('env', [...inRoot, nodePath, ...args])
    t.equal(await start('/app/ecr-anywhere.js', '--version'), `${version}\n`, architecture)
    const found = (await start('--print', 'process.version + process.arch')).trim()
    const { components } = JSON.parse(await readFile(join(program, 'app', 'sbom.cdx.json'), 'utf8'))
    const listed = components.find(({ name }: { name: string }) => name === 'node')
    t.ok(components.some(({ name }: { name: string }) => name === 'fastify'))
    t.equal(found, `v${listed.version}${{ amd64: 'x64', arm64: 'arm64' }[architecture]}`)
  }
})

/** @returns the paths of all files and links */
async function filesIn(root: string): Promise<string[]> {
  const entries = await Array.fromAsync(glob('**/*', { cwd: root, withFileTypes: true }))
  return entries.filter(entry => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
}
