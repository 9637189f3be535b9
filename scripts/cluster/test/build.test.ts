import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { withLock } from '../lock.ts'
import { kubernetesGoMod } from '../modules.ts'
import { run } from '../run.ts'

const theirs = `module k8s.io/kubernetes

go 1.24.0

godebug default=go1.24

require (
\tk8s.io/api v0.0.0
\tgo.etcd.io/etcd/api/v3 v3.5.1
\tk8s.io/klog/v2 v2.1.0
)

require (
\tgo.etcd.io/etcd/client/v2 v2.305.1 // indirect
)

replace (
\tk8s.io/api => ./staging/src/k8s.io/api
)
`

t.test('the staging modules of Kubernetes are replaced by their published versions', async t => {
  const made = kubernetesGoMod(theirs, '1.36.3')
  t.match(made, '\tk8s.io/api v0.36.3\n\tgo.etcd.io/etcd/api/v3 v3.6.8\n\tk8s.io/klog/v2 v2.1.0\n')
  t.match(made, '\nreplace k8s.io/api => k8s.io/api v0.36.3\n')
  t.notMatch(made, 'staging')
})

t.test('another version than the standard one keeps its etcd client, and the Go settings of each go.mod are copied', async t => {
  const made = kubernetesGoMod(theirs, '1.33.13')
  t.match(made, '\tk8s.io/api v0.33.13\n\tgo.etcd.io/etcd/api/v3 v3.5.1\n')
  t.match(made, '\nrequire k8s.io/kubernetes v1.33.13\n')
  t.match(made, '\ngo 1.24.0\n\ngodebug default=go1.24\n')
})

t.test('work under one lock is done one at a time, also after its owner was killed', async t => {
  const path = join(t.testdir(), 'lock')
  const gone = await run(execPath, ['--print', 'process.pid'])
  await writeFile(path, gone.stdout.trim())
  let inside = 0
  const seen = await Promise.all(
    [1, 2, 3].map(async () =>
      withLock(path, async () => {
        const now = ++inside
        await setTimeout(5)
        inside--
        return now
      }),
    ),
  )
  t.same(seen, [1, 1, 1])
})
