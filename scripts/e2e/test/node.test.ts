import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { type Node, startNode } from '../../cluster/node.ts'
import { busyboxImage } from '../../cluster/node-images.ts'
import { startRegistry } from '../../cluster/registry.ts'
import { emulatorEnv } from '../../testbed/emulator-env.ts'
import { must } from '../../testbed/testbed.ts'
import { eventually } from '../eventually.ts'
import { leftOf } from '../leftovers.ts'

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const privateImage = `${host}/team/app:1`
const user = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  arn: 'arn:aws:iam::123456789012:user/e2e',
}

t.test('a pod pulls its image from ECR only with the right Secret, and nothing of the node is left', async t => {
  const node = await startNode()
  t.teardown(async () => {
    // A stopped node has no diagnosis.
    if (!t.passing()) console.error(await node.diagnosis().catch(String))
    await node.stop()
  })
  await apply(node, pod('ours', busyboxImage))
  await inState(node, 'ours', /Running/)

  const registry = await startRegistry(node, { principals: { users: [user] }, hosts: [host] })
  await registry.push(`${node.dir}/images/busybox.tar`, privateImage)
  const auths = { [host]: { username: 'AWS', password: await ecrPassword(node, registry.url) } }
  const content = { '.dockerconfigjson': JSON.stringify({ auths }) }
  const type = 'kubernetes.io/dockerconfigjson'
  await apply(node, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'right' }, type, stringData: content })
  await apply(node, pod('without', privateImage))
  await inState(node, 'without', /ErrImagePull|ImagePullBackOff/)
  await apply(node, pod('with', privateImage, 'right'))
  await inState(node, 'with', /Running/)
  t.equal(await must(node.kubectl('exec', 'with', '--', 'echo', 'hello from inside')), 'hello from inside\n')
  t.match(await stateOf(node, 'without'), /ErrImagePull|ImagePullBackOff/, 'an image that one pod pulled is not available to others')

  t.ok((await leftOf(node)).length > 10, 'the check for leftovers finds the running node')
  await node.stop()
  t.same(await leftOf(node), [])
})

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  t.test(`after ${signal}, the process that started a node leaves nothing of it`, async t => {
    const starter = spawn(process.execPath, [resolve(import.meta.dirname, '../../cluster/main.ts'), 'node'])
    t.teardown(() => starter.kill('SIGKILL'))
    const stderrLines = createInterface(starter.stderr)[Symbol.asyncIterator]()
    const { value: line } = await stderrLines.next()
    const [, netns] = /netns\/(\S+)/.exec(line ?? '') ?? []
    const [, dir] = /to remove (\S+)/.exec(line ?? '') ?? []
    if (netns === undefined || dir === undefined) throw new Error(`found no network and no directory in ${line}`)
    t.ok((await leftOf({ dir, netns })).length > 10)
    const exited = once(starter, 'exit')
    starter.kill(signal)
    await exited
    let left: string[] = []
    const isGone = async () => {
      left = await leftOf({ dir, netns })
      return left.length === 0
    }
    await eventually('nothing of the node is left', isGone, () => left.join('\n'))
  })
}

async function inState(node: Node, name: string, wanted: RegExp): Promise<void> {
  let found = ''
  const isSo = async () => {
    found = await stateOf(node, name)
    return wanted.test(found)
  }
  await eventually(`pod ${name} is ${wanted}`, isSo, () => found)
}

/** @returns `Running`, or the reason why the pod does not run */
async function stateOf({ kubectl }: Node, name: string): Promise<string> {
  const jsonpath = '{.status.phase} {.status.containerStatuses[*].state.waiting.reason}'
  return await must(kubectl('get', 'pod', name, `--output=jsonpath=${jsonpath}`))
}

async function apply({ kubectl }: Node, object: object): Promise<void> {
  await must(kubectl('apply', '--filename=-', { input: JSON.stringify(object) }))
}

async function ecrPassword(node: Node, url: string): Promise<string> {
  const script = resolve(import.meta.dirname, '../ecr-password.ts')
  return (await must(node.exec(process.execPath, [script], { env: { ...process.env, ...emulatorEnv({ url }, user) } }))).trim()
}

function pod(name: string, image: string, secret?: string): object {
  const containers = [{ name: 'main', image, command: ['sleep', '600'] }]
  const imagePullSecrets = secret === undefined ? [] : [{ name: secret }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, imagePullSecrets, terminationGracePeriodSeconds: 0 } }
}
