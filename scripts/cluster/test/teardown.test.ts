import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { ensureBinaries } from '../build.ts'
import { run } from '../run.ts'
import { leftOf, processesOf } from './processes.ts'

const main = resolve(import.meta.dirname, '../main.ts')
await ensureBinaries('controlplane')

for (const [signal, code] of [
  ['SIGKILL', null],
  ['SIGINT', 0],
  ['SIGTERM', 0],
] as const) {
  t.test(`after ${signal}, the process that started the servers leaves no process and no directory behind`, async t => {
    const starter = spawn(process.execPath, [main, 'up'], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => starter.kill('SIGKILL'))
    const [line] = await once(createInterface(starter.stdout), 'line')
    const dir = dirname(String(line).replace('export KUBECONFIG=', ''))
    t.ok((await processesOf(dir)).length >= 3)
    const exited = once(starter, 'exit')
    starter.kill(signal)
    t.equal((await exited)[0], code)
    t.same(await leftOf(dir), [])
  })
}

t.test('the servers end if their parent process exits without stopping them', async t => {
  const script = `import { startControlPlane } from '${resolve(import.meta.dirname, '../control-plane.ts')}'
    console.log((await startControlPlane()).dir)`
  const { code, stdout } = await run(process.execPath, ['--input-type=module', '--eval', script])
  t.equal(code, 0)
  t.match(stdout, /ecr-anywhere-cluster-/)
  t.same(await leftOf(stdout.trim()), [])
})

t.test('a server that does not start is reported with the end of its log, and nothing is left', async t => {
  const broken = '#!/bin/sh\necho "working in $PWD"\nsleep 0.2\necho the disk is made of cheese >&2\nexit 3\n'
  const assets = t.testdir({ etcd: broken, 'kube-apiserver': '#!/bin/sh\nexec sleep 60\n', kubectl: broken })
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) await chmod(`${assets}/${name}`, 0o755)
  const { code, stderr } = await run(process.execPath, [main, 'up'], { env: { ...process.env, KUBEBUILDER_ASSETS: assets } })
  t.equal(code, 1)
  t.match(stderr, /etcd exited with code 3 .*\n[\s\S]*the disk is made of cheese/)
  const [, dir = ''] = /working in (.*)/.exec(stderr) ?? []
  t.match(dir, /ecr-anywhere-cluster-/)
  t.same(await leftOf(dir), [])
})
