import { setTimeout as sleep } from 'node:timers/promises'
import { startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { emulatorEnv } from '@ecr-anywhere/scripts/testbed/emulator-env.ts'
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
// The SDK reads these environment variables itself.
const env = emulatorEnv(emulator, user)
Object.assign(process.env, env)

/** The world of a webhook as `main.ts` creates it, with the clients of the SDK. */
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

const requesting = (...hosts: string[]) => ({ object: secret({ notes: { [annotations.registries]: hosts.join() } }) })

/** @returns the status code with which the registry answers a pull with this login */
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

t.test('a Secret with ECR Public and private registries of several accounts and regions needs one call for each scope', async t => {
  const world = await realWorld()
  const answers = await Promise.all(Array.from({ length: 20 }, () => answer(requesting(...hosts), world)))
  t.strictSame(emulator.calls().counts, {
    // These are the plain, FIPS and dual-stack scopes, each of which serves both accounts.
    'ecr.GetAuthorizationToken.us-east-1': 3,
    'ecr.GetAuthorizationToken.eu-west-1': 1,
    'ecr.GetAuthorizationToken.ap-south-1': 1,
    'ecr-public.GetAuthorizationToken.us-east-1': 1,
  })
  t.ok(answers.every(({ result }) => result === 'injected'))
  const { auths } = JSON.parse(decode(answers[0]?.patched.data?.['.dockerconfigjson']))
  t.strictSame(Object.keys(auths), hosts)
  for (const host of hosts) {
    const { username, password, auth } = auths[host]
    t.equal(auth, encode(`${username}:${password}`))
    t.equal(await pulls(host, auth), 200, host)
  }
  t.equal(await pulls('public.ecr.aws', auths[hosts[0] ?? ''].auth), 401, 'a token of a region does not work for ECR Public')
  t.equal(await pulls(hosts[4] ?? '', auths['public.ecr.aws'].auth), 401, 'a token of ECR Public does not work for a region')
})

t.test('a Secret without registries gets the registry of the principal, which takes one more call once', async t => {
  const world = await realWorld()
  const object = secret({ notes: { [annotations.registries]: '' } })
  for (const { patched } of [await answer({ object }, world), await answer({ object }, world)]) {
    t.equal(patched.metadata.annotations?.[annotations.injectedRegistries], hosts[0])
  }
  t.strictSame(emulator.calls().counts, { 'sts.GetCallerIdentity.us-east-1': 1, 'ecr.GetAuthorizationToken.us-east-1': 1 })
})

for (const region of ['us-east-9', 'public', 'fips', 'aws-global', 'aws-cn-global', 'xx']) {
  t.test(`the region ${region}, which AWS does not have, is denied at once without any call to AWS`, async t => {
    const host = `111122223333.dkr.ecr.${region}.amazonaws.com`
    const { result, response } = await answer(requesting(hosts[0] ?? '', host), await realWorld())
    t.equal(result, 'denied')
    t.match(JSON.stringify(response.status), `found the registry ${host} in a region that AWS does not list; wanted a region of AWS`)
    t.strictSame(emulator.calls().counts, {})
  })
}

t.test('AWS is called for a new region that an operator configured in AWS_REGION or in registries', async t => {
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
  ['a role of China requests a commercial registry', { roleArn: chinaRole }, hosts[0] ?? '', 'aws-cn'],
  ['a role of China requests ECR Public', { roleArn: chinaRole }, 'public.ecr.aws', 'aws-cn'],
  [
    'a web identity of China requests a commercial registry',
    { webIdentity: { roleArn: chinaRole, tokenFile: '/t' } },
    hosts[4] ?? '',
    'aws-cn',
  ],
  ['a commercial role requests a registry of China', { roleArn: 'arn:aws:iam::111122223333:role/pull' }, china, 'aws'],
  ['a commercial role requests a registry of GovCloud', { roleArn: user.arn }, '111122223333.dkr.ecr.us-gov-west-1.amazonaws.com', 'aws'],
]

for (const [about, tenant, host, own] of elsewhere) {
  t.test(`${about}: the request is denied at once without a call to AWS, also if it contains other registries`, async t => {
    const world = await realWorld(tenant)
    for (const asked of [[host], [own === 'aws' ? (hosts[0] ?? '') : china, host]]) {
      const { result, response } = await answer(requesting(...asked), world)
      t.equal(result, 'denied')
      t.match(
        JSON.stringify(response.status),
        `found the registry ${host}, which is not in the partition ${own} of the identity of tenant default`,
      )
    }
    t.strictSame(emulator.calls().counts, {})
  })
}

t.test('with access keys, a registry of another partition is denied as soon as AWS has returned the principal', async t => {
  const world = await realWorld()
  await world.principal(9_000)
  emulator.resetCalls()
  t.equal((await answer(requesting(china), world)).result, 'denied')
  t.strictSame(emulator.calls().counts, {})
  t.equal((await answer(requesting(hosts[0] ?? '', 'public.ecr.aws'), world)).result, 'injected')
})
