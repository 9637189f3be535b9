import { awsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { ecrTokens } from '@ecr-anywhere/shared/aws/ecr.ts'
import { ambientIdentity, tenantIdentity } from '@ecr-anywhere/shared/aws/identity.ts'
import { parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import { scopeOf } from '@ecr-anywhere/shared/scope.ts'
import t from 'tap'
import { ensurePythonTool, pythonTools } from '../../python/packages.ts'
import { startMoto } from '../moto.ts'

/*
 * Our calls of ECR and STS, answered by an emulator that is not ours. It judges the wire format alone: it accepts every key and token, and
 * it ignores trust policies.
 */
const path = await ensurePythonTool(pythonTools.moto)
const skip = path === undefined && 'this machine has no Python with pip, by which moto is installed'
const moto = path === undefined ? undefined : await startMoto(path)
t.teardown(() => moto?.stop())

const roleArn = 'arn:aws:iam::111122223333:role/pull'
const scope = scopeOf(parseRegistry('123456789012.dkr.ecr.us-east-1.amazonaws.com'))
/** Moto's tokens expired at the beginning of this year. */
const beforeExpiryMs = Date.parse('2014-12-31T20:00:00Z')

/** The SDK reads the endpoint from the environment of the process. */
Object.assign(process.env, { AWS_ENDPOINT_URL: moto?.url, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'any' })

async function clientOf(tenant: { name: string; roleArn?: string }, nowMs: () => number = Date.now) {
  const env = { ...process.env, AWS_REGION: 'us-east-1' }
  const options = { config: await awsConfig({ env, caBundle: undefined }), env, clusterName: 'test' }
  const identity = tenantIdentity(tenant, ambientIdentity(options), options)
  return { identity, token: ecrTokens({ config: options.config, tenant: tenant.name, sessions: identity.sessions, nowMs }) }
}

t.test('a token of moto is read, with its name, password and expiry', { skip }, async t => {
  const { token } = await clientOf({ name: 'default' }, () => beforeExpiryMs)
  t.strictSame(await token(scope), {
    username: 'AWS',
    password: '123456789012-auth-token',
    expiresAtMs: Date.parse('2015-01-01T00:00:00Z'),
  })
})

t.test('the same token today has expired, which is a clear error without the token', { skip }, async t => {
  const { token } = await clientOf({ name: 'default' })
  const message =
    /^found a new token from ecr:GetAuthorizationToken.* that expired at 2015-01-01T00:00:00.000Z, while this machine's clock says /
  await t.rejects(token(scope), { kind: 'transient', code: 'ExpiredOnArrival', message })
  const error = await token(scope).catch((error: Error) => error)
  t.notMatch(String(error), 'auth-token')
})

t.test('moto answers GetCallerIdentity and AssumeRole', { skip }, async t => {
  t.match(await (await clientOf({ name: 'default' })).identity.principal(9_000), { account: '123456789012', partition: 'aws' })
  t.match(await (await clientOf({ name: 'a', roleArn })).identity.principal(9_000), {
    arn: 'arn:aws:sts::111122223333:assumed-role/pull/test@a',
  })
})
