import { setTimeout as sleep } from 'node:timers/promises'
import { startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { awsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { readTenants, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import t from 'tap'
import { tenantClients } from '../../src/aws/tenant-clients.ts'
import { tokens } from '../../src/tokens/tokens.ts'
import { decode, encode, secret } from '../admission/secrets.ts'
import { answer, awsWorld } from '../admission/world.ts'

const user = { accessKeyId: 'AKIAALICE00000000000', secretAccessKey: 'a secret of a test', arn: 'arn:aws:iam::111122223333:user/alice' }
const emulator = await startEmulator({ users: [user] })
t.teardown(() => emulator.stop())
// The SDK reads its variables itself.
const env = {
  AWS_ENDPOINT_URL: emulator.url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: user.accessKeyId,
  AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_CONFIG_FILE: '/dev/null',
}
Object.assign(process.env, env)

/** A webhook's world as main.ts makes it, with the SDK's clients. */
async function realWorld(tenant: Partial<Tenant> = {}) {
  const config = await awsConfig({ env, caBundle: undefined })
  const tenants = new Map([['default', { name: 'default', ...tenant }]])
  const clients = tenantClients(tenants, { config, env, clusterName: 'test', nowMs: Date.now })
  const client = clients.get('default')
  if (client === undefined) throw new Error('no client of the tenant default')
  const world = {
    nowMs: Date.now,
    random: Math.random,
    sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { signal, ref: false }),
  }
  const memory = tokens({ ...world, ask: ({ scope }) => client.token(scope), maxAgeMs: 3_600_000, refreshBeforeMs: 6 * 3_600_000 })
  const { ownRegistry, isRegion, partition } = client
  const { world: admitWorld } = awsWorld({
    nowMs: Date.now,
    token: memory.get,
    ownRegistry: (_, limitMs) => ownRegistry(limitMs),
    isRegion: (_, region) => isRegion(region),
    partition,
  })
  return { ...admitWorld, principal: client.principal }
}

const asking = (...hosts: string[]) => ({ object: secret({ notes: { [annotations.registries]: hosts.join() } }) })

/** Does the registry take this login? */
async function pulls(host: string, auth: string): Promise<number> {
  return (await fetch(`${emulator.url}/v2/`, { headers: { 'X-Forwarded-Host': host, Authorization: `Basic ${auth}` } })).status
}

t.beforeEach(() => emulator.resetCalls())

const hosts = [
  '111122223333.dkr.ecr.us-east-1.amazonaws.com',
  '444455556666.dkr.ecr.us-east-1.amazonaws.com',
  '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com',
  '111122223333.dkr-ecr.us-east-1.on.aws',
  '111122223333.dkr.ecr.eu-west-1.amazonaws.com',
  '444455556666.dkr.ecr.eu-west-1.amazonaws.com',
  '444455556666.dkr.ecr.ap-south-1.amazonaws.com',
  'public.ecr.aws',
  'ecr-public.aws.com',
]

t.test('ECR Public beside private registries of several accounts and regions: one call a key, each login right', async t => {
  const world = await realWorld()
  const answers = await Promise.all(Array.from({ length: 20 }, () => answer(asking(...hosts), world)))
  t.strictSame(emulator.calls().counts, {
    // Plain, FIPS and dual-stack, each for both accounts.
    'ecr.GetAuthorizationToken.us-east-1': 3,
    'ecr.GetAuthorizationToken.eu-west-1': 1,
    'ecr.GetAuthorizationToken.ap-south-1': 1,
    'ecr-public.GetAuthorizationToken.us-east-1': 1,
  })
  t.ok(answers.every(({ result }) => result === 'injected'))
  const { auths } = JSON.parse(decode(answers[0]?.becomes.data?.['.dockerconfigjson']))
  t.strictSame(Object.keys(auths), hosts)
  for (const host of hosts) {
    const { username, password, auth } = auths[host]
    t.equal(auth, encode(`${username}:${password}`))
    t.equal(await pulls(host, auth), 200, host)
  }
  t.equal(await pulls('public.ecr.aws', auths[hosts[0] ?? ''].auth), 401, "a region's token does not open ECR Public")
  t.equal(await pulls(hosts[4] ?? '', auths['public.ecr.aws'].auth), 401, "ECR Public's token does not open a region")
})

t.test("without registries it is the principal's own: one more call, once", async t => {
  const world = await realWorld()
  const object = secret({ notes: { [annotations.registries]: '' } })
  for (const { becomes } of [await answer({ object }, world), await answer({ object }, world)]) {
    t.equal(becomes.metadata.annotations?.[annotations.injectedRegistries], hosts[0])
  }
  t.strictSame(emulator.calls().counts, { 'sts.GetCallerIdentity.us-east-1': 1, 'ecr.GetAuthorizationToken.us-east-1': 1 })
})

for (const region of ['us-east-9', 'public', 'fips', 'aws-global', 'aws-cn-global', 'xx']) {
  t.test(`the region ${region}, which AWS does not have, is denied at once: no call, not even for the others`, async t => {
    const host = `111122223333.dkr.ecr.${region}.amazonaws.com`
    const { result, response } = await answer(asking(hosts[0] ?? '', host), await realWorld())
    t.equal(result, 'denied')
    t.match(JSON.stringify(response.status), `found the registry ${host} in a region that AWS does not list; wanted a region of AWS`)
    t.strictSame(emulator.calls().counts, {})
  })
}

t.test('a new region that an operator named, in AWS_REGION or in registries, is asked for', async t => {
  const config = { ...(await awsConfig({ env, caBundle: undefined })), region: 'us-east-8' }
  const tenants = readTenants('tenants: [{name: a, registries: [111122223333.dkr.ecr.us-east-9.amazonaws.com]}]')
  const clients = tenantClients(tenants, { config, env, clusterName: 'test', nowMs: Date.now })
  t.strictSame(
    ['us-east-7', 'us-east-8', 'us-east-9'].map(region => clients.get('a')?.isRegion(region)),
    [false, true, true],
  )
  t.strictSame(
    ['us-east-8', 'us-east-9'].map(region => clients.get('default')?.isRegion(region)),
    [true, false],
  )
})

const china = '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn'
const chinaRole = 'arn:aws-cn:iam::111122223333:role/pull'
const elsewhere: [about: string, tenant: Partial<Tenant>, host: string, own: string][] = [
  ['a role of China asks for a commercial registry', { roleArn: chinaRole }, hosts[0] ?? '', 'aws-cn'],
  ['a role of China asks for ECR Public', { roleArn: chinaRole }, 'public.ecr.aws', 'aws-cn'],
  ['a web identity of China asks for a commercial one', { webIdentity: { roleArn: chinaRole, tokenFile: '/t' } }, hosts[4] ?? '', 'aws-cn'],
  ['a commercial role asks for one of China', { roleArn: 'arn:aws:iam::111122223333:role/pull' }, china, 'aws'],
  ['a commercial role asks for one of GovCloud', { roleArn: user.arn }, '111122223333.dkr.ecr.us-gov-west-1.amazonaws.com', 'aws'],
]

for (const [about, tenant, host, own] of elsewhere) {
  t.test(`${about}: denied at once, without a call of AWS, beside others too`, async t => {
    const world = await realWorld(tenant)
    for (const asked of [[host], [own === 'aws' ? (hosts[0] ?? '') : china, host]]) {
      const { result, response } = await answer(asking(...asked), world)
      t.equal(result, 'denied')
      t.match(
        JSON.stringify(response.status),
        `found the registry ${host}, which is not in the partition ${own} of the identity of tenant default`,
      )
    }
    t.strictSame(emulator.calls().counts, {})
  })
}

t.test('keys say nothing of their partition: once AWS has said it, a registry of another is denied at once', async t => {
  const world = await realWorld()
  await world.principal(9_000)
  emulator.resetCalls()
  t.equal((await answer(asking(china), world)).result, 'denied')
  t.strictSame(emulator.calls().counts, {})
  t.equal((await answer(asking(hosts[0] ?? '', 'public.ecr.aws'), world)).result, 'injected')
})
