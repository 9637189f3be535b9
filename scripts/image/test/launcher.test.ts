import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { version } from '@ecr-anywhere/shared/version.ts'
import t from 'tap'
import { commandName } from '../../bundle/bundle.ts'
import { must, run } from '../../cluster/run.ts'
import { writeImage } from '../docker-archive.ts'
import { imageConfig, nodePath } from '../image-config.ts'
import { launcher, launcherName, writeLauncher } from '../launcher.ts'

const { Entrypoint, Env = [] } = await imageConfig(version)
const [node = '', ...flags] = Entrypoint.slice(0, -1)

t.test('the launcher starts the same program as the entrypoint, with the same flags', async t => {
  const [first = '', second] = launcher.split('\n')
  t.equal(first, `#!${[node, ...flags].join(' ')}`)
  t.ok(flags.length <= 1, 'the kernel passes the text after the interpreter as one argument')
  t.ok(first.length < 127, 'older kernels truncate longer lines')
  t.match(second, `./${commandName}`)
})

t.test('its folder is the first in the PATH of the image', async t => {
  const path = Env.flatMap(variable => (variable.startsWith('PATH=') ? variable.slice(5).split(':') : []))
  t.equal(path[0], dirname(Entrypoint.at(-1) ?? ''))
  t.ok(path.includes('/usr/bin'), 'programs of the base are still in the PATH')
})

t.test('all users may execute it, whatever the umask is', async t => {
  const umask = process.umask(0o077)
  t.teardown(() => process.umask(umask))
  const dir = t.testdir({})
  await writeLauncher(dir)
  t.equal((await stat(join(dir, launcherName))).mode & 0o777, 0o755)
})

t.test('when it is found in PATH, it passes arguments and the exit code, and its flags are in effect', async t => {
  const program = 'console.log(JSON.stringify([process.execArgv, process.argv.slice(2)])); process.exitCode = 7\nawait 0\n'
  // Like /app, and unlike the folders of tests, this folder is in no package.
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-launcher-'))
  t.teardown(() => rm(dir, { recursive: true }))
  await writeFile(join(dir, commandName), program)
  await writeLauncher(dir)
  // The interpreter of the image does not exist on this machine.
  await writeFile(join(dir, launcherName), launcher.replace(nodePath, process.execPath))
  const { code, stdout, stderr } = await run(launcherName, ['status', '--output', 'json'], { env: { PATH: dir } })
  t.strictSame([code, stderr], [7, ''])
  t.strictSame(JSON.parse(stdout), [flags, ['status', '--output', 'json']])
})

t.test('the archive of the image keeps it executable', async t => {
  const dir = t.testdir({ root: { app: {} }, out: {} })
  await writeLauncher(join(dir, 'root/app'))
  await cp(join(dir, 'root'), join(dir, 'copy'), { recursive: true })
  const file = join(dir, 'image.tar')
  await writeImage({ name: 'example:1', roots: [join(dir, 'copy')], config: { Entrypoint }, file })
  await must('tar', ['--extract', `--file=${file}`, `--directory=${join(dir, 'out')}`])
  const [{ Layers }] = JSON.parse(await readFile(join(dir, 'out/manifest.json'), 'utf8'))
  const files = await must('tar', ['--list', '--verbose', `--file=${join(dir, 'out', Layers[0])}`])
  t.match(files, /^-rwxr-xr-x .* app\/ecr-anywhere$/m)
})
