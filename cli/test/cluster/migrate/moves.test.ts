import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { argoEcrAuth } from './argo-ecr-auth.ts'
import { definitions, externalSecrets } from './external-secrets.ts'
import { k8sEcrLoginRenew, keys } from './k8s-ecr-login-renew.ts'
import { oldPassword } from './old-password.ts'
import { type OldTool, start, type ToolWorld } from './old-tool.ts'
import { printedSteps, runPrinted } from './printed-steps.ts'
import { startPuller } from './puller.ts'
import { rawApi } from './raw-api.ts'

const bed = await startAttested(t)
const { kubectl, kubeconfig } = bed.cluster
const api = await rawApi(kubeconfig)
const world: ToolWorld = { api, password: await oldPassword(bed), registry: ownRegistry }
await must(kubectl('apply', '-f', '-', manifests(...definitions)))
await must(kubectl('wait', '--for=condition=Established', ...definitions.map(({ metadata }) => `crd/${metadata.name}`)))

for (const tool of [k8sEcrLoginRenew, argoEcrAuth(ownRegistry), externalSecrets]) {
  const { name, namespace, secret } = tool
  const path = `/api/v1/namespaces/${namespace}/secrets/${secret}`

  t.test(`${name}: labels that are set first are undone, or both tools write without an end`, async t => {
    const running = await installed(tool)
    t.teardown(running.stop)
    await must(kubectl('label', 'namespace', namespace, `${labels.namespace}=enabled`))
    await until(
      'the Secret is labelled',
      async () => (await kubectl('label', 'secret', secret, '-n', namespace, `${labels.managed}=true`)).code === 0,
    )
    await until('the labels are of no use', () => tool.isUndone(world))
    await running.stop()
    await must(kubectl('label', 'namespace', namespace, `${labels.namespace}-`))
    await must(kubectl('label', 'secret', secret, '-n', namespace, `${labels.managed}-`))
  })

  t.test(`${name}: the printed commands move a pod that pulls all the time, without a failed pull`, async t => {
    const running = await start(tool, world)
    t.teardown(running.stop)
    const puller = startPuller(tool, { api, emulator: bed.emulator, registry: ownRegistry })
    t.teardown(puller.stop)
    const { code, stdout } = await bed.ecrAnywhere(['migrate', name, '--from-cluster'])
    t.equal(code, 0, 'everything is understood')
    t.notMatch(stdout, keys.AWS_SECRET_ACCESS_KEY)
    const steps = printedSteps(stdout)
    const of = (...phases: string[]) => steps.filter(({ phase }) => phases.includes(phase))
    t.ok(steps.length > 5)
    t.same(steps, of('prepare', 'install', 'stop', 'label', 'verify', 'remove'), 'they are in order')
    await until('there were pulls before the move', () => puller.pulls.ok > 5)

    // The chart is installed already.
    await runPrinted(of('prepare'), { kubeconfig })
    await runPrinted(of('stop'), { kubeconfig })
    await until('the old tool no longer writes', running.hasEnded)
    const { missing } = puller.pulls
    const before = (await api('GET', path)).body
    await runPrinted(of('label', 'verify'), { kubeconfig })
    const after = (await api('GET', path)).body
    await runPrinted(of('remove'), { kubeconfig })
    const done = puller.pulls.ok
    await until('there were pulls after the move', () => puller.pulls.ok > done + 5)

    const pulls = await puller.stop()
    t.same(pulls.refused, [])
    t.equal(pulls.missing, missing, 'once the old tool has stopped, the Secret is always there')
    if (!tool.recreates) t.equal(missing, 0)
    t.equal(after.metadata.uid, before.metadata.uid, 'the Secret is not recreated')
    t.match(after.metadata, { labels: { [labels.managed]: 'true' }, annotations: { [annotations.injectedRegistries]: ownRegistry } })
    t.notOk(after.metadata.ownerReferences, 'no other program owns it')
    const stored = await storedSecret(bed.cluster, { namespace, name: secret })
    t.same(Object.keys(stored.logins), [ownRegistry])
    t.not(stored.login(ownRegistry)?.password, world.password, 'the credentials are new')
    for (const { metadata, kind } of tool.manifests as { kind: string; metadata: { name: string } }[])
      if (kind !== 'Secret') t.match((await kubectl('get', kind.toLowerCase(), '-n', namespace, metadata.name)).stderr, /NotFound/, kind)
  })
}

t.test('a user who may list only some of the objects gets a plan of these, and the reason', async t => {
  const { kubectl, userKubeconfig } = bed.cluster
  await must(kubectl('create', 'clusterrole', 'some', '--verb=list', '--resource=cronjobs.batch,namespaces'))
  await must(kubectl('create', 'clusterrolebinding', 'some', '--clusterrole=some', '--user=some'))
  const env = { KUBECONFIG: await userKubeconfig({ name: 'some' }) }
  const answers = async () => (await bed.ecrAnywhere(['migrate', 'k8s-ecr-login-renew', '--from-cluster', '-o', 'json'], env)).stdout
  const plan = JSON.parse(
    (await until('the role is in force', async () => {
      const text = await answers()
      return text.includes('CronJob in the cluster') ? undefined : text
    })) as string,
  )
  t.match(plan.notUnderstood, [/^Deployment in the cluster: found no right to list them/, /^ServiceAccount in the cluster/])
})

t.test('--context chooses a context of the kubeconfig', async t => {
  const migrated = (context: string) => bed.ecrAnywhere(['migrate', 'registry-creds', '--from-cluster', '--context', context])
  const [name = ''] = (await must(kubectl('config', 'get-contexts', '-o', 'name'))).split('\n')
  t.equal((await migrated(name)).code, 1, 'there is no registry-creds')
  const { code, stdout } = await migrated('none')
  t.equal(code, 2)
  t.match(stdout, `found the context "none"; wanted one of ${name}`)
})

t.test('the static keys were copied to the namespace of the release, and not shown', async t => {
  const copied = (await api('GET', '/api/v1/namespaces/ecr-anywhere/secrets/k8s-ecr-login-renew-aws-secret')).body
  for (const [key, value] of Object.entries(keys)) t.equal(Buffer.from(copied.data[key], 'base64').toString(), value)
})

t.test('afterwards the refresher finds all of these Secrets, and none is due', async t => {
  const { code, stdout } = await bed.ecrAnywhere(['refresh', '--dry-run'])
  t.equal(code, 0, stdout)
})

/** Installs the tool, and lets it write. */
async function installed(tool: OldTool) {
  await must(kubectl('create', 'namespace', tool.namespace))
  await must(kubectl('apply', '-f', '-', manifests(...tool.manifests)))
  await tool.installed?.(world)
  return start(tool, world)
}
