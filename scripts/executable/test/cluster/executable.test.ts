import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { version } from '@ecr-anywhere/shared/version.ts'
import t from 'tap'
import { ensureBinaries } from '../../../cluster/build.ts'
import { run } from '../../../cluster/run.ts'
import { ownArchitecture } from '../../../image/base-lock.ts'
import { architectureOf } from '../../../image/elf.ts'
import { ensureGoProgram } from '../../../release/go-programs.ts'
import { clusterFor } from '../../../testbed/cluster.ts'
import { cleanEnv } from '../../../testbed/command.ts'
import { must } from '../../../testbed/testbed.ts'
import { makeArchives, unpacked } from '../../archives.ts'
import { krewManifest, pluginName } from '../../krew-manifest.ts'

const archives = await makeArchives()
const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-executables-'))
t.teardown(() => rm(dir, { recursive: true, force: true }))
for (const archive of archives) await unpacked(archive, join(dir, archive.architecture))
const { kubeconfig } = await clusterFor(t)
const kubectl = join(await ensureBinaries('controlplane'), 'kubectl')
/** A folder of PATH, as a user sets it up: the plugin is found by its name. There is no Node and no node_modules in it. */
const bin = join(dir, 'bin')
await mkdir(bin)
const own = join(dir, ownArchitecture())
await copyFile(join(own, 'kubectl_complete-ecr_anywhere'), join(bin, 'kubectl_complete-ecr_anywhere'))
for (const name of ['ecr-anywhere', 'kubectl-ecr_anywhere']) await symlink(join(own, 'ecr-anywhere'), join(bin, name))
await symlink(kubectl, join(bin, 'kubectl'))
const env = cleanEnv({ PATH: `${bin}:/usr/bin:/bin`, HOME: dir, KUBECONFIG: kubeconfig })
const command = (file: string, args: string[], more: NodeJS.ProcessEnv = {}) =>
  run(join(bin, file), args, { cwd: dir, env: { ...env, ...more } })

t.test('each archive has an executable for its architecture, and the licences of all that is in it', async t => {
  for (const { architecture } of archives) {
    const file = await open(join(dir, architecture, 'ecr-anywhere'))
    const { buffer } = await file.read(Buffer.alloc(64), 0, 64, 0)
    await file.close()
    t.equal(architectureOf(buffer), architecture)
    const text = async (name: string) => readFile(join(dir, architecture, name), 'utf8')
    t.match(await text('LICENSE'), 'Apache License')
    t.match(await text('licenses/node.txt'), 'Node.js is licensed for use as follows')
    t.match(await text('licenses/npm-packages.txt'), /^@kubernetes\/client-node \d[\s\S]*^commander \d/m)
  }
})

t.test('the executable of this machine runs without Node, and ignores NODE_OPTIONS', async t => {
  t.strictSame(await command('ecr-anywhere', ['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  t.match(await command('ecr-anywhere', ['--help'], { NODE_OPTIONS: '--require=/nowhere.js' }), {
    code: 0,
    stdout: /^Usage: ecr-anywhere /,
  })
  const wrong = await command('ecr-anywhere', ['status', '--sing'])
  t.match(wrong, { code: 2, stdout: '', stderr: /unknown option '--sing'/ })
})

t.test('it reads a real cluster', async t => {
  const { code, stdout, stderr } = await command('ecr-anywhere', ['status', '-n', 'kube-public'])
  t.strictSame([code, stderr], [0, ''])
  t.match(stdout, /^No managed Secrets in namespace kube-public/)
  const doctor = await command('ecr-anywhere', ['doctor', '--only', 'cluster-reachable', '-o', 'json'])
  t.match(JSON.parse(doctor.stdout).results, [{ id: 'cluster-reachable', state: 'ok' }])
  const none = await command('ecr-anywhere', ['status'], { KUBECONFIG: '/nowhere' })
  t.match(none, { code: 2, stderr: /^ecr-anywhere: found no usable cluster/ })
})

t.test('kubectl finds it in PATH, runs it as its plugin, and completes its words', async t => {
  t.match(await command('kubectl', ['ecr-anywhere', 'status', '-n', 'kube-public']), {
    code: 0,
    stdout: /^No managed Secrets in namespace kube-public/,
  })
  t.match(await command('kubectl', ['ecr-anywhere', 'status', '--help']), { code: 0, stdout: /^Usage: kubectl ecr-anywhere status / })
  t.equal((await command('kubectl', ['ecr-anywhere', 'status', '-n', 'nobody'])).code, 2, 'the exit code is that of the plugin')
  const { stdout } = await command('kubectl', ['__complete', 'ecr-anywhere', 'status', '--output', ''])
  t.equal(stdout, 'table\nwide\njson\nyaml\n:4\n')
})

t.test('krew accepts the manifest, and installs each archive from a web server', async t => {
  const server = createServer(({ url = '' }, answer) => {
    const found = archives.find(({ path }) => url === `/${basename(path)}`)
    if (found === undefined) answer.writeHead(404).end()
    else createReadStream(found.path).pipe(answer)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const filesUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const named = archives.map(({ path, ...archive }) => ({ ...archive, file: basename(path) }))
  const manifest = join(dir, `${pluginName}.yaml`)
  await writeFile(manifest, krewManifest({ version, filesUrl, archives: named }))
  await symlink(await ensureGoProgram('krew'), join(bin, 'kubectl-krew'))
  const { code, stderr } = await run(await ensureGoProgram('validate-krew-manifest'), [`-manifest=${manifest}`], { env })
  t.equal(code, 0, stderr)
  t.match(stderr, /all 2 spec\.platforms installed fine/)

  const krewRoot = join(dir, 'krew')
  await must(command('kubectl', ['krew', 'install', `--manifest=${manifest}`], { KREW_ROOT: krewRoot, KREW_NO_UPGRADE_CHECK: '1' }))
  await rm(join(bin, 'kubectl-ecr_anywhere'))
  const installed = await command('kubectl', ['ecr-anywhere', '--version'], { PATH: `${join(krewRoot, 'bin')}:${env.PATH}` })
  t.strictSame([installed.code, installed.stdout], [0, `${version}\n`])
})
