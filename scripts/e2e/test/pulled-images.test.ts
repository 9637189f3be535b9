import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import { startNode } from '../../cluster/node.ts'
import { startRegistry } from '../../cluster/registry.ts'
import { emulatorEnv } from '../../testbed/emulator-env.ts'
import { manifests } from '../../testbed/manifest.ts'
import { must, ownRegistry, user } from '../../testbed/testbed.ts'
import { eventually } from '../eventually.ts'

/**
 * Since 1.35, kubelet verifies that a pod may use an image that another pod has pulled. It records with which Secrets an image was pulled, up
 * to 100 for an image. docs/pull-secrets.md has the figures of this test.
 * https://kubernetes.io/docs/concepts/containers/images/#ensureimagepullcredentialverification
 */
const secrets = Array.from({ length: 101 }, (_, at) => `pull-${at}`)
const rotations = 10
/** The pods of each rotation, which use the first and the last Secrets. */
const restarted = [...secrets.slice(0, 5), ...secrets.slice(-5)]
const image = `${ownRegistry}/team/app:1`

const node = await startNode()
t.teardown(async () => {
  if (!t.passing()) console.error(await node.diagnosis().catch(String))
  await node.stop()
})
const { kubectl } = node
const registry = await startRegistry(node, { principals: { users: [user] }, hosts: [ownRegistry] })
await registry.push(`${node.dir}/images/busybox.tar`, image)

/** Writes a new token into all Secrets, as the webhook does: all Secrets of a tenant have the same one, and no Secret is created again. */
async function rotate(): Promise<void> {
  const script = resolve(import.meta.dirname, '../ecr-password.ts')
  const env = { ...process.env, ...emulatorEnv(registry, user) }
  const password = (await must(node.exec(process.execPath, [script], { env }))).trim()
  const auths = { [ownRegistry]: { username: 'AWS', password } }
  const data = { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') }
  const type = 'kubernetes.io/dockerconfigjson'
  const objects = secrets.map(name => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, data }))
  await must(kubectl('apply', '--server-side', '-f', '-', manifests(...objects)))
}

/** Runs one pod for each Secret, at the same time, until all have ended. */
async function runPods(names: readonly string[]): Promise<void> {
  const pods = names.map(name => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      imagePullSecrets: [{ name }],
      containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent', command: ['true'] }],
    },
  }))
  await must(kubectl('create', '-f', '-', manifests(...pods)))
  let phases = ''
  const areDone = async () => {
    phases = await must(kubectl('get', 'pods', '-o', 'jsonpath={.items[*].status.phase}'))
    return phases.split(' ').every(phase => phase === 'Succeeded')
  }
  await eventually(`${names.length} pods have ended`, areDone, () => phases)
  await must(kubectl('delete', 'pods', '--all', '--grace-period=0'))
}

/** @returns how often the registry was asked for a manifest so far */
async function manifestRequests(): Promise<number> {
  return (await readFile(join(node.dir, 'registry.log'), 'utf8'))
    .split('\n')
    .filter(line => /"(GET|HEAD) \/v2\/team\/app\/manifests\//.test(line)).length
}

/** @returns how many requests for a manifest the work caused */
async function counted(work: () => Promise<void>): Promise<number> {
  const before = await manifestRequests()
  await work()
  return (await manifestRequests()) - before
}

t.test('a node asks the registry about an image once for each token, however many Secrets hold it', async t => {
  await rotate()
  const onePull = await counted(() => runPods(secrets.slice(0, 1)))
  t.ok(onePull > 0, 'the log of the registry shows the first pull')
  await rotate()
  t.equal(await counted(() => runPods(secrets.slice(0, 1))), 0, 'a renewed Secret is recognized, while there are fewer than 100')
  const others = await counted(() => runPods(secrets.slice(1)))
  t.equal(others, 0, 'another Secret with the same token needs no request')
  const ofRotations: number[] = []
  for (let rotation = 0; rotation < rotations; rotation += 1) {
    await rotate()
    ofRotations.push((await counted(() => runPods(restarted.slice(0, 1)))) + (await counted(() => runPods(restarted.slice(1)))))
  }
  t.comment(
    `requests for the manifest: ${onePull} at the first pull, ${others} for 100 more Secrets, ${ofRotations.join(', ')} in ${rotations} rotations`,
  )
  t.ok(
    ofRotations.every(count => count <= onePull),
    'at most one pull for each rotation, of which only the manifest is transferred',
  )
})
