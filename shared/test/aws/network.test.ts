import t, { type Test } from 'tap'
import { asking, emulatorFor, filesFor, keys, roleArn, session, user } from './asking.ts'
import { connectProxy } from './connect-proxy.ts'
import { tlsFront } from './tls-front.ts'

const emulator = await emulatorFor(t, { machine: { roleArn } })
const front = await tlsFront(t, emulator.port)
/** A name in the certificate that only the proxy can resolve. */
const hidden = { url: 'https://kubernetes.default.svc' }
const near = { url: `https://localhost:${front.port}` }
const trusting = { ...keys, AWS_CA_BUNDLE: front.caFile }
const proxy = async (t: Test, login?: string) => await connectProxy(t, front.port, login)

t.jobs = 4

t.test('for a certificate of an unknown CA, the error names the setting AWS_CA_BUNDLE', async t => {
  t.match((await asking(t, near, keys)()).fault, { kind: 'transient', code: /CERT|UNABLE_TO/, sentence: /Let AWS_CA_BUNDLE name a file/ })
})

t.test('with HTTPS_PROXY, all calls use few connections to the proxy, which resolves the names', async t => {
  const { address, asked } = await proxy(t)
  const hosts = ['us-east-1', 'eu-west-1', 'ap-south-1'].map(region => `123456789012.dkr.ecr.${region}.amazonaws.com`)
  const ask = asking(t, hidden, { ...trusting, HTTPS_PROXY: `http://${address}` })
  for (const name of ['a', 'b', 'c']) {
    t.match(await ask({ tenant: { name, roleArn }, hosts }), { principal: session(`kubernetes@${name}`), hours: [12, 12, 12] })
  }
  t.strictSame(new Set(asked), new Set(['kubernetes.default.svc:443']))
  t.ok(asked.length <= 3, `there are ${asked.length} connections for 15 calls`)
})

t.test('calls for a token file and a profile use the proxy too', async t => {
  const { address, asked } = await proxy(t)
  const credentials = `[source]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n`
  const config = `[profile chained]\nrole_arn = ${roleArn}\nsource_profile = source\nrole_session_name = file\n`
  const path = await filesFor(t, { credentials, config, token: 'no JWT' })
  const files = { AWS_SHARED_CREDENTIALS_FILE: path('credentials'), AWS_CONFIG_FILE: path('config') }
  const ask = asking(t, hidden, { ...trusting, ...files, HTTPS_PROXY: `http://${address}` })
  t.match(await ask({ tenant: { name: 'a', profile: 'chained' } }), { principal: session('file'), hours: [12] })
  const webIdentity = { roleArn, tokenFile: path('token') }
  t.match(await ask({ tenant: { name: 'b', webIdentity } }), { fault: { code: 'InvalidIdentityTokenException' } })
  t.ok(asked.length > 0)
})

t.test('NO_PROXY excludes hosts', async t => {
  const { address, asked } = await proxy(t)
  const env = { ...trusting, HTTPS_PROXY: `http://${address}` }
  t.match(await asking(t, near, { ...env, NO_PROXY: '10.0.0.0/8,localhost' })(), { principal: user.arn })
  t.strictSame(asked, [])
  t.match(await asking(t, near, { ...env, NO_PROXY: '10.0.0.0/8' })(), { principal: user.arn })
  t.ok(asked.length > 0)
})

t.test('the lower-case names of the variables work as well', async t => {
  const { address, asked } = await proxy(t)
  t.match(await asking(t, hidden, { ...trusting, https_proxy: `http://${address}` })(), { principal: user.arn })
  t.ok(asked.length > 0)
})

t.test('a proxy may require a password, and the error of a proxy that denies access does not contain it', async t => {
  const password = 'a-proxy-password-of-a-test'
  const { address } = await proxy(t, `alice:${password}`)
  const env = { ...trusting, SECRETS: password }
  t.match(await asking(t, hidden, { ...env, HTTPS_PROXY: `http://alice:${password}@${address}` })(), { principal: user.arn, leaks: 0 })
  const refusals: [url: string, code: string, todo: RegExp][] = [
    [`http://mallory:${password}@${address}`, 'ERR_PROXY_TUNNEL', /check HTTPS_PROXY with its user and password/],
    [`http://alice:${password}@127.0.0.1:1`, 'ECONNREFUSED', /network policy, proxy, DNS/],
  ]
  for (const [url, code, sentence] of refusals) {
    t.match(await asking(t, hidden, { ...env, HTTPS_PROXY: url })(), { fault: { kind: 'transient', code, sentence }, leaks: 0 })
  }
})

t.test('the metadata services of the machine are never called through a proxy', async t => {
  const { address, asked } = await proxy(t)
  const services = [
    { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: emulator.url },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${emulator.url}/v1/credentials` },
  ]
  const proxies = { HTTPS_PROXY: `http://${address}`, HTTP_PROXY: `http://${address}`, AWS_CA_BUNDLE: front.caFile }
  for (const service of services) {
    t.match(await asking(t, hidden, { ...service, ...proxies })(), { hours: [12], fault: undefined })
  }
  t.strictSame(new Set(asked), new Set(['kubernetes.default.svc:443']))
})

t.test('the region can come from AWS_DEFAULT_REGION, and AWS_REGION takes precedence', async t => {
  const env = { ...keys, AWS_DEFAULT_REGION: 'eu-central-1' }
  t.match(await asking(t, emulator, { ...env, AWS_REGION: '' })(), { region: 'eu-central-1', principal: user.arn })
  t.match(await asking(t, emulator, env)(), { region: 'us-east-1' })
})

t.test('a missing region is a settings error', async t => {
  t.match((await asking(t, emulator, { ...keys, AWS_REGION: '' })()).fault, {
    kind: 'settings',
    sentence: /found no AWS region in AWS_REGION, AWS_DEFAULT_REGION or the shared config file; .* Set AWS_REGION\./,
  })
})
