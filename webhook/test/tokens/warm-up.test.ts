import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, type EmulatorOptions, startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { mintPki } from '@ecr-anywhere/scripts/cluster/pki.ts'
import { emulatorEnv } from '@ecr-anywhere/scripts/testbed/emulator-env.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { startWebhook } from '@ecr-anywhere/scripts/testbed/webhook-process.ts'
import t, { type Test } from 'tap'
import type { Status, TenantStatus } from '../../src/status.ts'

t.jobs = 2

const account = '111122223333'
const user = { accessKeyId: 'AKIAALICE00000000000', secretAccessKey: 'a secret of a test', arn: `arn:aws:iam::${account}:user/alice` }
const role = `arn:aws:iam::${account}:role/pull`

/** Starts a webhook that is ready, with an AWS in the state that `prepare` sets. */
async function started(
  t: Test,
  { tenants, prepare = () => {}, ...options }: EmulatorOptions & { tenants?: string; prepare?: (emulator: Emulator) => void } = {},
) {
  const emulator = await startEmulator({ users: [user], roles: [{ arn: role }], ...options })
  t.teardown(() => emulator.stop())
  prepare(emulator)
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-warm-up-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  await mintPki(dir, ['127.0.0.1'])
  if (tenants !== undefined) await writeFile(join(dir, 'tenants.yaml'), tenants)
  const webhook = await startWebhook({
    env: {
      CERT_FILE: join(dir, 'apiserver.crt'),
      KEY_FILE: join(dir, 'apiserver.key'),
      ...(tenants !== undefined && { CONFIG_FILE: join(dir, 'tenants.yaml') }),
      ...emulatorEnv(emulator, user),
    },
  })
  t.teardown(() => webhook.stop('SIGKILL'))
  const get = async (path: string) => fetch(`${webhook.operationsUrl}${path}`)
  return {
    emulator,
    logs: webhook.logs,
    isReady: async () => (await get('/readyz')).ok,
    metrics: async () => (await get('/metrics')).text(),
    tenants: async () => ((await (await get('/status')).json()) as Status).tenants,
    /** Waits until every tenant has this state. @returns the tenants of /status */
    settled: (state: TenantStatus['state']) =>
      until(`every tenant is ${state}`, async () => {
        const { tenants } = (await (await get('/status')).json()) as Status
        return Object.values(tenants).every(one => one.state === state) && tenants
      }),
  }
}

t.test('a webhook without requests has a token for its own region and reports it', async t => {
  const { emulator, metrics, settled } = await started(t)
  const { default: status } = await settled('ok')
  t.match(status, { principal: user.arn, tokens: { 'us-east-1': { error: undefined } } })
  t.strictSame(Object.keys(status?.tokens ?? {}), ['us-east-1'])
  t.ok((status?.tokens['us-east-1']?.secondsLeft ?? 0) > 11.9 * 3600)
  t.strictSame(emulator.calls().counts, { 'ecr.GetAuthorizationToken.us-east-1': 1, 'sts.GetCallerIdentity.us-east-1': 1 })
  const text = await metrics()
  t.match(text, /^ecr_anywhere_token_requests_total\{tenant="default",region="us-east-1",result="success"\} 1$/m)
  t.match(text, /^ecr_anywhere_token_last_result\{tenant="default",region="us-east-1"\} 1$/m)
  t.match(text, /^ecr_anywhere_token_expiry_timestamp_seconds\{tenant="default",region="us-east-1"\} \d+$/m)
  t.match(text, /^ecr_anywhere_admission_requests_total\{tenant="default",operation="UPDATE",result="error"\} 0$/m)
})

t.test('each tenant has tokens for the regions of its registries, or else for its own region', async t => {
  const { settled } = await started(t, {
    tenants: `tenants:
  - {name: a, roleArn: "${role}", registries: [${account}.dkr.ecr.eu-west-1.amazonaws.com, ${account}.dkr.ecr-fips.us-east-2.amazonaws.com]}
  - {name: b, roleArn: "${role}", registries: [public.ecr.aws]}
  - {name: c, roleArn: "${role}"}
`,
  })
  const tenants = await settled('ok')
  const tokens = Object.fromEntries(Object.entries(tenants).map(([name, { tokens }]) => [name, Object.keys(tokens)]))
  t.strictSame(tokens, { a: ['eu-west-1', 'us-east-2/fips'], b: ['public'], c: ['us-east-1'], default: ['us-east-1'] })
})

t.test('a role that may not get tokens is in /status, the metrics and the log at once, and recovers', async t => {
  const denied = { ...user, denyEcr: true }
  const { emulator, logs, isReady, metrics, settled } = await started(t, { users: [denied] })
  t.ok(await isReady(), 'readiness does not depend on AWS')
  const { default: status } = await settled('failed')
  const cause =
    /^found AccessDeniedException from ecr:GetAuthorizationToken in us-east-1 for tenant default; .* Allow ecr:GetAuthorizationToken on \* to/
  t.match(status, { principal: user.arn, tokens: { 'us-east-1': { error: 'AccessDeniedException', cause } } })
  t.match(await metrics(), /^ecr_anywhere_token_last_result\{tenant="default",region="us-east-1"\} 0$/m)
  await until('the call is retried', () => (emulator.calls().counts['ecr.GetAuthorizationToken.us-east-1'] ?? 0) > 1)
  t.match(await metrics(), /^ecr_anywhere_token_requests_total\{tenant="default",region="us-east-1",result="AccessDeniedException"\} \d+$/m)
  const lines = logs()
    .split('\n')
    .filter(line => line.includes('"no token"'))
  t.equal(lines.length, 1)
  t.match(lines[0], /"error":"found AccessDeniedException from ecr:GetAuthorizationToken/)
  denied.denyEcr = false
  await settled('ok')
})

t.test('an AWS that hangs delays neither the start nor readiness', async t => {
  const { isReady, tenants } = await started(t, { prepare: emulator => emulator.fault({ fault: 'hang' }) })
  t.ok(await isReady())
  t.match(await tenants(), { default: { state: 'pending', principal: null, tokens: { 'us-east-1': {} } } })
})

t.test('a region that denies all calls does not affect others, and the session and token stay in use', async t => {
  const good = `${account}.dkr.ecr.eu-west-1.amazonaws.com`
  const bad = `${account}.dkr.ecr.ap-east-1.amazonaws.com`
  const { emulator, tenants } = await started(t, {
    tenants: `tenants: [{name: default, roleArn: "${role}", registries: [${good}, ${bad}]}]`,
    prepare: emulator => emulator.fault({ fault: 'unknown-key', api: 'ecr', region: 'ap-east-1' }),
  })
  await until('the failing region was called three times', () => (emulator.calls().counts['ecr.GetAuthorizationToken.ap-east-1'] ?? 0) >= 3)
  t.match(await tenants(), {
    default: { state: 'failed', tokens: { 'eu-west-1': { error: undefined }, 'ap-east-1': { error: 'UnrecognizedClientException' } } },
  })
  t.match(emulator.calls().counts, { 'sts.AssumeRole.us-east-1': 1, 'ecr.GetAuthorizationToken.eu-west-1': 1 })
})
