import type { FaultName } from '@ecr-anywhere/scripts/aws/faults.ts'
import type { Outcome } from '@ecr-anywhere/scripts/cluster/run.ts'
import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { region } from '@ecr-anywhere/scripts/testbed/emulator-env.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'aws-faults'
const hour = 3600

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'aws-faults', env: { TOKEN_MAX_AGE: '1s' }, timeoutSeconds: 5 })
const { emulator } = bed
t.teardown(bed.stop)
t.afterEach(() => {
  emulator.heal()
  emulator.setTokenLife(12 * hour)
})
await bed.namespace(namespace)

const registries = { [annotations.registries]: ownRegistry }
const create = (name: string) => kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name, annotations: registries })))
const touch = (name: string) =>
  kubectl('-n', namespace, 'annotate', 'secret', name, '--overwrite', `${annotations.markedForUpdateAt}=${new Date().toISOString()}`)
const stored = (name: string) => storedSecret(cluster, { namespace, name })

/** Runs a command. @returns its outcome and the counted admissions */
async function watched(work: () => Promise<Outcome>): Promise<Outcome & { counted: Record<string, number> }> {
  let outcome: Outcome | undefined
  const counted = await admissionsDuring(bed.webhook, async () => {
    outcome = await work()
  })
  return { code: -1, stdout: '', stderr: '', ...outcome, counted }
}

t.test('result stale: an older token that is still valid is injected, with a warning', async t => {
  await must(create('before'))
  emulator.fault({ fault: 'access-denied', api: 'ecr' })
  // The webhook does not call AWS until the token is a second old.
  const { stderr } = await until('the token has aged', async () => {
    const update = await watched(() => touch('before'))
    return 'default UPDATE stale' in update.counted && update
  })
  t.match(stderr, /^Warning: ecr-anywhere: AccessDeniedException from AWS; injected an older token, good until \d{4}-/m)
  const another = await watched(() => create('another'))
  t.equal(another.code, 0, another.stderr)
  t.same(another.counted, { 'default CREATE stale': 1 })
  const { logins, login } = await stored('another')
  t.same(logins, (await stored('before')).logins)
  t.equal(await pullStatus(emulator, ownRegistry, login(ownRegistry)), 200)
})

t.test('result kept: a webhook without a token keeps the credentials, with a warning, and restores overwritten ones', async t => {
  await must(create('kept'))
  const before = await stored('kept')
  emulator.fault({ fault: 'throttling', api: 'ecr' })
  await bed.restartWebhook()
  const mark = new Date().toISOString()
  const change = { metadata: { annotations: { [annotations.markedForUpdateAt]: mark, [annotations.expiresAt]: '2099-01-01T00:00:00Z' } } }
  const patch = JSON.stringify({ ...change, stringData: { '.dockerconfigjson': '{"auths":{}}' } })
  const { code, stderr, counted } = await watched(() => kubectl('-n', namespace, 'patch', 'secret', 'kept', '--type=merge', '-p', patch))
  t.equal(code, 0, stderr)
  t.same(counted, { 'default UPDATE kept': 1 })
  t.match(stderr, /^Warning: ecr-anywhere: ThrottlingException from AWS; kept the old credentials, good until \d{4}-/m)
  const after = await stored('kept')
  t.same(after.logins, before.logins)
  t.equal(after.annotations[annotations.expiresAt], before.annotations[annotations.expiresAt])
})

t.test('result error: credentials that expire within five minutes are not kept', async t => {
  emulator.setTokenLife(299)
  await bed.restartWebhook()
  await must(create('short'))
  const before = await stored('short')
  emulator.fault({ fault: 'access-denied', api: 'ecr' })
  await bed.restartWebhook()
  const { code, stderr, counted } = await watched(() => touch('short'))
  t.equal(code, 1)
  t.same(counted, { 'default UPDATE error': 1 })
  t.match(stderr, /AccessDeniedException/)
  t.equal((await stored('short')).resourceVersion, before.resourceVersion)
})

const faults: [fault: FaultName, code: RegExp][] = [
  ['access-denied', /AccessDeniedException/],
  ['expired-token', /ExpiredTokenException/],
  ['throttling', /ThrottlingException/],
  ['internal-failure', /ServerException/],
  ['unavailable', /from ecr:GetAuthorizationToken/],
  ['hang', /Timeout|within \d+ ms/],
  ['cut', /ECONNRESET|MalformedResponse/],
  ['malformed', /MalformedResponse/],
  ['empty', /MalformedResponse|without a readable token/],
  ['already-expired', /expired at/],
]

for (const [fault, code] of faults) {
  t.test(`result error: while AWS has the fault ${fault}, a create is denied with the reason, and works again afterwards`, async t => {
    emulator.fault({ fault, api: 'ecr' })
    await bed.restartWebhook()
    const refused = await watched(() => create(`new-${fault}`))
    t.equal(refused.code, 1)
    t.same(refused.counted, { 'default CREATE error': 1 })
    t.match(refused.stderr, code)
    t.match(
      refused.stderr,
      new RegExp(`in ${region} for tenant default|expired at|readable token`),
      'the message names the region and tenant, or the problem',
    )
    t.match(refused.stderr, /; wanted .+\. \S/, 'the message contains a remedy')
    t.notMatch(refused.stderr, /context deadline exceeded/)
    emulator.heal()
    // Requests in the meantime share the call in progress, or wait for the back-off.
    await until('AWS is called again', async () => (await create(`new-${fault}`)).code === 0)
  })
}
