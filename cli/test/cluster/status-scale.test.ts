import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, commandName } from '@ecr-anywhere/scripts/bundle/bundle.ts'
import { nodeFlags } from '@ecr-anywhere/scripts/bundle/node-flags.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { ecrAnywhere } from '@ecr-anywhere/scripts/testbed/command.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { createAll, filledSecret, pullingPod } from './bulk.ts'

const count = 10_000
const namespaces = Array.from({ length: 20 }, (_, at) => `scale-${at}`)
/** The requirement of issue 16. The time is that of the command alone, because the API server of a test shares two cores with other tests. */
const limits = { ownMs: 3_000, megabytes: 200 }

const { kubectl, kubeconfig } = await clusterFor(t)
const nowMs = Date.now()
const enabled = { [labels.namespace]: 'enabled' }
await must(
  kubectl(
    'apply',
    '-f',
    '-',
    manifests(...namespaces.map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: enabled } }))),
  ),
)
t.teardown(() => kubectl('delete', 'namespace', '--wait=false', ...namespaces))
await until('each namespace has its ServiceAccount', async () => {
  const found = await must(kubectl('get', 'serviceaccounts', '-A', '-o', 'name', '--field-selector', 'metadata.name=default'))
  return found.trim().split('\n').length >= namespaces.length
})
const numbered = Array.from({ length: count }, (_, at) => ({ at, namespace: namespaces[at % namespaces.length] ?? '' }))
await createAll(
  kubeconfig,
  numbered.map(({ at, namespace }) => filledSecret(namespace, `pull-${at}`, nowMs)),
)
await createAll(
  kubeconfig,
  numbered.map(({ at, namespace }) => pullingPod(namespace, `pod-${at}`, `pull-${at}`)),
)

/** The command as it is shipped, which writes what it used of the machine as the last line of stderr. */
const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-status-'))
t.teardown(() => rm(dir, { recursive: true }))
await bundle(dir)
// The peak is read from Linux, because the one that the process itself reports includes that of its parent.
const report = `import { readFileSync } from 'node:fs'
process.on('exit', () => {
  const [, peak] = /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))
  const { user, system } = process.cpuUsage()
  process.stderr.write('\\n' + JSON.stringify({ peak: Number(peak), cpu: user + system }))
})`
const program = [...nodeFlags, '--import', `data:text/javascript,${encodeURIComponent(report)}`, join(dir, commandName)]

t.test(`${count} Secrets and ${count} pods are shown within 3 s and 200 MB`, async t => {
  const startMs = performance.now()
  const { code, stdout, stderr } = await ecrAnywhere(['status', '-A', '-o', 'json'], { KUBECONFIG: kubeconfig }, program)
  const wholeMs = performance.now() - startMs
  t.equal(code, 0, stderr)
  const { secrets } = JSON.parse(stdout)
  t.equal(secrets.length, count)
  t.ok(secrets.every(({ usedBy, state }: { usedBy: { pods: string[] }; state: string }) => usedBy.pods.length === 1 && state === 'Fresh'))
  const { peak, cpu } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '')
  const [ownMs, megabytes] = [cpu / 1_000, peak / 1_000]
  const seen = `${Math.round(wholeMs)} ms, of which ${Math.round(ownMs)} ms are the command's, ${Math.round(megabytes)} MB`
  process.stderr.write(`status of ${count} Secrets and pods: ${seen}\n`)
  t.ok(ownMs < limits.ownMs, seen)
  t.ok(megabytes < limits.megabytes, seen)
})
