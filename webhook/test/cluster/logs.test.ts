import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { FaultName } from '@ecr-anywhere/scripts/aws/faults.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { startRecordingProxy } from '@ecr-anywhere/scripts/testbed/recording-proxy.ts'
import { must, ownRegistry, startTestbed, user } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'logs'
/** A value of the user in a managed Secret. */
const ownSecret = 'correct horse battery staple, 2 of them'
const role = 'arn:aws:iam::111122223333:role/pull-a'
const faults: [api: 'ecr' | 'sts', fault: FaultName][] = [
  ['ecr', 'malformed'],
  ['ecr', 'cut'],
  ['ecr', 'already-expired'],
  ['ecr', 'access-denied'],
  ['sts', 'malformed'],
  ['sts', 'cut'],
  ['sts', 'already-expired'],
]

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({
  cluster,
  id: 'logs',
  emulator: { tokenLifeSeconds: 3600, users: [user], roles: [{ arn: role, externalId: 'an-external-id' }] },
  registered: { enabled: 'default', 'team-a': 'team-a' },
  tenants: `tenants: [{name: team-a, roleArn: '${role}', externalId: an-external-id}]`,
})
t.teardown(bed.stop)
await bed.namespace(namespace)
await bed.namespace('logs-a', 'team-a')
/** A proxy between the webhook and AWS. It also records tokens and session keys that were never stored. */
const aws = await startRecordingProxy({ target: bed.emulator.url })
t.teardown(aws.stop)
const env = { LOG_LEVEL: 'trace', AWS_ENDPOINT_URL: aws.url }
const printed: string[] = []

const create = (name: string, more = {}) => kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name, ...more })))
const touch = (name: string) =>
  kubectl('-n', namespace, 'annotate', 'secret', name, '--overwrite', `${annotations.markedForUpdateAt}=${new Date().toISOString()}`)

/** Everything that the webhook outputs. */
async function collect(): Promise<void> {
  const { operationsUrl, logs } = bed.webhook()
  for (const path of ['metrics', 'status', 'readyz']) printed.push(await (await fetch(`${operationsUrl}/${path}`)).text())
  printed.push(logs())
}

t.test('the webhook injects, denies and receives AWS faults with log level trace', async t => {
  await bed.restartWebhook(env)
  await must(create('good'))
  await must(create('with-content', { stringData: { '.dockerconfigjson': 'no config, but a secret of its user', other: ownSecret } }))
  await must(kubectl('create', '-f', '-', manifests(managedSecret({ namespace: 'logs-a', name: 'good' }))))
  await must(touch('good'))
  t.equal((await create('refused', { type: 'Opaque', stringData: { other: ownSecret } })).code, 1)
  const both = { immutable: true, stringData: { '.dockerconfigjson': `{"auths":{"a":{"password":"${ownSecret}"}}}` } }
  t.equal((await create('immutable', both)).code, 1)
  await collect()
  for (const [api, fault] of faults) {
    bed.emulator.heal()
    bed.emulator.fault({ fault, api })
    await bed.restartWebhook(env)
    const host = { annotations: { [annotations.registries]: ownRegistry } }
    const outcomes = [
      await create(`new-${api}-${fault}`, host),
      await kubectl('create', '-f', '-', manifests(managedSecret({ namespace: 'logs-a', name: `new-${api}-${fault}`, ...host }))),
      await touch('good'),
    ]
    printed.push(...outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]))
    await collect()
  }
  t.ok(printed.some(text => text.includes('"level":"error"')))
})

t.test('the webhook receives requests that are not reviews', async t => {
  const bodies = [`{"kind":"AdmissionReview","secret":"${ownSecret}"`, JSON.stringify({ request: { uid: 'u', object: ownSecret } })]
  for (const body of bodies) {
    const { status, text } = await post(body)
    t.equal(status, 400)
    printed.push(text)
  }
  await collect()
})

t.test('the refresher reports failures and writes Events', async t => {
  bed.emulator.fault({ fault: 'access-denied' })
  await bed.restartWebhook(env)
  const { code, stdout, stderr } = await bed.ecrAnywhere(['refresh', '--force', '--output', 'json'], {
    LOG_LEVEL: 'trace',
    NAMESPACES: namespace,
  })
  t.equal(code, 1)
  const events = await must(kubectl('get', 'events', '-n', namespace, '-o', 'json'))
  t.match(events, /RefreshFailed/)
  printed.push(stdout, stderr, events)
})

t.test('no output contains a password, a token or a key, whole or in part, in plain text or in base64', async t => {
  const answers = aws.recorded.map(({ answer }) => answer)
  const sent = answers.flatMap(answer => answer.match(/[A-Za-z0-9+/=]{40,}/g) ?? [])
  const passwords = sent
    .map(token => Buffer.from(token, 'base64').toString().replace(/^AWS:/, ''))
    .filter(text => /^[A-Za-z0-9+/=]{40,}$/.test(text))
  const list = JSON.parse(await must(kubectl('get', 'secrets', '-n', namespace, '-o', 'json')))
  const stored = list.items.flatMap((secret: { data: Record<string, string> }) => Object.values(secret.data))
  const secrets = new Set<string>([...sent, ...passwords, ...stored, user.secretAccessKey, ownSecret])
  t.ok(passwords.length > 3 && sent.some(text => text.length < 60), 'the search includes tokens and session keys')
  t.ok(leaks(`a log line with ${passwords[0]?.slice(100, 200)} in it`, secrets) > 0, 'a part of a leaked token would be found')
  t.equal(leaks(printed.join('\n'), secrets), 0)
})

async function post(body: string): Promise<{ status: number | undefined; text: string }> {
  const headers = { 'content-type': 'application/json' }
  const asked = request(`${bed.webhook().url}/inject/default`, { method: 'POST', headers, rejectUnauthorized: false, agent: false })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, text: Buffer.concat(await Array.fromAsync(answer)).toString() }
}
