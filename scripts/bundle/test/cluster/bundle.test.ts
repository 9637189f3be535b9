import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { admissionsDuring } from '../../../testbed/admissions.ts'
import { clusterFor } from '../../../testbed/cluster.ts'
import { ecrAnywhere } from '../../../testbed/command.ts'
import { must, ownRegistry, startTestbed } from '../../../testbed/testbed.ts'
import { bundle, commandName } from '../../bundle.ts'
import { nodeFlags } from '../../node-flags.ts'

t.test('each subcommand works from the bundle without node_modules', async t => {
  // t.testdir() is not used, because it is inside the repository.
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-bundle-'))
  t.teardown(() => rm(dir, { recursive: true }))
  const { files } = await bundle(dir)
  const unused = /node_modules\/(?:undici|zod\/v4\/locales\/(?!en\.))/
  t.strictSame(
    files.flatMap(({ from }) => from).filter(path => unused.test(path)),
    [],
    'what nothing calls is left out',
  )
  const program = [...nodeFlags, join(dir, commandName)]

  t.match(await must(ecrAnywhere(['--help'], {}, program)), /webhook[\s\S]*refresh[\s\S]*certs/)

  const cluster = await clusterFor(t)
  const bed = await startTestbed({ cluster, id: 'bundle', program })
  t.teardown(bed.stop)
  t.match(await must(bed.ecrAnywhere(['certs'])), /^certs: /)
  await bed.namespace('bundle')
  const metadata = { name: 'pull', namespace: 'bundle', labels: { [labels.managed]: 'true' } }
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { ...metadata, annotations: { [annotations.registries]: ownRegistry } } }
  const input = JSON.stringify({ ...secret, type: 'kubernetes.io/dockerconfigjson' })
  const counted = await admissionsDuring(bed.webhook, async () => {
    await must(cluster.kubectl('apply', '--server-side', '-f', '-', { input }))
    t.match(await must(bed.ecrAnywhere(['refresh', '--force', '--namespace', 'bundle'])), /refreshed 1, failed 0/)
  })
  t.same(counted, { 'default CREATE injected': 1, 'default UPDATE injected': 1 })
  t.equal(await bed.webhook().stop('SIGTERM'), 0, 'the webhook exits with 0 on SIGTERM')
})
