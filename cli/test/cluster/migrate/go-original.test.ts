import { startControlPlane } from '@ecr-anywhere/scripts/cluster/control-plane.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { goManifests, goSecret, namespace } from './ecr-anywhere-go.ts'
import { oldPassword } from './old-password.ts'
import { printedSteps, runPrinted } from './printed-steps.ts'
import { startPuller } from './puller.ts'
import { rawApi } from './raw-api.ts'

// A control plane of its own, because the commands touch all managed Secrets of a cluster.
const cluster = await startControlPlane()
t.teardown(() => cluster.stop())
const { kubectl, kubeconfig } = cluster
const bed = await startTestbed({ cluster, id: 'go-original' })
t.teardown(bed.stop)
const api = await rawApi(kubeconfig)

t.test('the Secrets of the Go original are taken over with the labels that they have, without a failed pull', async t => {
  const world = { api, password: await oldPassword(bed), registry: ownRegistry }
  await bed.namespace(namespace)
  await must(kubectl('label', 'namespace', namespace, `${labels.namespace}-`))
  await must(kubectl('apply', '-f', '-', manifests(...goManifests)))
  await must(kubectl('create', '-f', '-', manifests(goSecret(world, Date.now()))))
  await bed.namespace(namespace)
  const puller = startPuller({ namespace, secret: 'pull' }, { api, emulator: bed.emulator, registry: ownRegistry })
  t.teardown(puller.stop)
  const { pulls } = puller
  await until('there were pulls before the move', () => pulls.ok > 5)

  const { code, stdout } = await bed.ecrAnywhere(['migrate', 'ecr-anywhere-go', '--from-cluster'])
  t.equal(code, 0, 'everything is understood')
  const steps = printedSteps(stdout)
  t.same([...new Set(steps.map(({ phase }) => phase))], ['stop', 'install', 'label', 'verify', 'remove'])
  // The chart is installed already.
  await runPrinted(
    steps.filter(({ phase }) => phase !== 'install'),
    { kubeconfig },
  )
  const done = pulls.ok
  await until('there were pulls after the move', () => pulls.ok > done + 5)

  t.match(await puller.stop(), { refused: [], missing: 0 })
  const stored = await storedSecret(cluster, { namespace, name: 'pull' })
  t.equal(stored.annotations[annotations.injectedRegistries], ownRegistry)
  t.same(Object.keys(stored.logins), [ownRegistry])
  t.not(stored.login(ownRegistry)?.password, world.password, 'the credentials are new')
  for (const { metadata, kind } of goManifests)
    t.match((await kubectl('get', kind.toLowerCase(), '-n', namespace, metadata.name)).stderr, /NotFound/, kind)
})
