import t, { type Test } from 'tap'
import type { TokenSample } from '../../src/http/metrics.ts'
import { maxOperationsConnections, type OperationsOptions, operationsServer } from '../../src/http/operations.ts'
import { madeMetrics, samples } from './made-metrics.ts'

function operations(t: Test, options: Partial<OperationsOptions> = {}) {
  const status = { version: '1', attestation: 'none', servingCertificate: null, tenants: {} }
  const app = operationsServer({ notReady: () => undefined, metrics: async () => 'a 1\n', status: () => status, ...options })
  t.teardown(() => app.close())
  return async (url: string) => {
    const { statusCode, body, headers } = await app.inject(url)
    return { statusCode, body, type: headers['content-type'] }
  }
}

t.test('the webhook is live whether or not it is ready, and /readyz says why it is not ready', async t => {
  let why: string | undefined = 'no serving certificate yet'
  const get = operations(t, { notReady: () => why })
  t.match(await get('/livez'), { statusCode: 200, body: 'ok\n' })
  t.match(await get('/readyz'), { statusCode: 503, body: 'not ready: no serving certificate yet\n' })
  why = undefined
  t.match(await get('/readyz'), { statusCode: 200, body: 'ok\n' })
})

t.test('/metrics is in the text format of Prometheus, /status is JSON, and other paths do not exist', async t => {
  const get = operations(t)
  t.match(await get('/metrics'), { statusCode: 200, body: 'a 1\n', type: /^text\/plain; version=0\.0\.4/ })
  t.match(await get('/status'), { statusCode: 200, body: /"tenants":\{\}/, type: /^application\/json/ })
  for (const url of ['/', '/inject/default', '/sync']) t.match(await get(url), { statusCode: 404 })
})

t.test('every metric has the name and labels that dashboards rely on', async t => {
  const tokens = () => [{ tenant: 'a', region: 'us-east-1', expiresAtMs: 1_767_268_800_000, isGood: true }]
  const made = madeMetrics({ version: '1.2.3', attestation: 'policy', tokens, startedAtMs: 1_767_268_800_000 })
  made.admission({ tenant: 'a', operation: 'CREATE', result: 'injected' }, 0.002)
  made.tokenRequest({ tenant: 'a', region: 'us-east-1', result: 'success' })
  made.certificateNotAfter(1_767_268_800_000)
  const text = await made.text()
  for (const line of [
    'ecr_anywhere_admission_requests_total{tenant="a",operation="CREATE",result="injected"} 1',
    'ecr_anywhere_admission_duration_seconds_bucket{le="0.0025",tenant="a"} 1',
    'ecr_anywhere_admission_duration_seconds_count{tenant="a"} 1',
    'ecr_anywhere_token_requests_total{tenant="a",region="us-east-1",result="success"} 1',
    'ecr_anywhere_token_expiry_timestamp_seconds{tenant="a",region="us-east-1"} 1767268800',
    'ecr_anywhere_token_last_result{tenant="a",region="us-east-1"} 1',
    'ecr_anywhere_serving_certificate_not_after_timestamp_seconds 1767268800',
    'ecr_anywhere_build_info{version="1.2.3",attestation="policy"} 1',
    'ecr_anywhere_start_timestamp_seconds 1767268800',
    'ecr_anywhere_ready{part="certificate"} 1',
  ]) {
    t.ok(text.includes(line), line)
  }
  t.match(text, /^process_cpu_seconds_total /m)
})

t.test('two sets of metrics are independent', async t => {
  t.doesNotThrow(() => [1, 2].map(() => madeMetrics()))
})

t.test('counters start at zero for every tenant, operation and result, and for the regions of each tenant', async t => {
  const tenants = [
    { tenant: 'a', regions: ['us-east-1', 'public'] },
    { tenant: 'b', regions: ['eu-west-1/fips'] },
  ]
  const made = madeMetrics({ tenants })
  const admissions = await samples('ecr_anywhere_admission_requests_total{', made)
  t.equal(admissions.length, 2 * 2 * 8)
  for (const result of ['injected', 'unchanged', 'stale', 'kept', 'dry_run', 'skipped', 'denied', 'error']) {
    t.ok(admissions.includes(`ecr_anywhere_admission_requests_total{tenant="b",operation="UPDATE",result="${result}"} 0`), result)
  }
  t.strictSame(await samples('ecr_anywhere_token_requests_total{', made), [
    'ecr_anywhere_token_requests_total{tenant="a",region="us-east-1",result="success"} 0',
    'ecr_anywhere_token_requests_total{tenant="a",region="public",result="success"} 0',
    'ecr_anywhere_token_requests_total{tenant="b",region="eu-west-1/fips",result="success"} 0',
  ])
})

t.test('token gauges show only cached tokens, and the worst of several with the same labels', async t => {
  let tokens: TokenSample[] = [
    { tenant: 'a', region: 'us-east-1' },
    { tenant: 'a', region: 'us-east-1/fips', expiresAtMs: 2_000, isGood: true },
    { tenant: 'a', region: 'public', isGood: false },
    { tenant: 'b', region: 'other', expiresAtMs: 4_000, isGood: true },
    { tenant: 'b', region: 'other', expiresAtMs: 3_000, isGood: false },
    { tenant: 'b', region: 'other', expiresAtMs: 5_000, isGood: true },
  ]
  const made = madeMetrics({ tokens: () => tokens })
  const expiries = () => samples('ecr_anywhere_token_expiry_timestamp_seconds{', made)
  const lastResults = () => samples('ecr_anywhere_token_last_result{', made)
  t.strictSame(await expiries(), [
    'ecr_anywhere_token_expiry_timestamp_seconds{tenant="a",region="us-east-1/fips"} 2',
    'ecr_anywhere_token_expiry_timestamp_seconds{tenant="b",region="other"} 3',
  ])
  t.strictSame(await lastResults(), [
    'ecr_anywhere_token_last_result{tenant="a",region="us-east-1/fips"} 1',
    'ecr_anywhere_token_last_result{tenant="a",region="public"} 0',
    'ecr_anywhere_token_last_result{tenant="b",region="other"} 0',
  ])
  tokens = tokens.slice(0, 1)
  t.strictSame([await expiries(), await lastResults()], [[], []])
})

t.test('a request body is not read on any path, and its connection is closed', async t => {
  const app = operationsServer({ notReady: () => undefined, metrics: async () => 'a 1\n', status: () => ({}) as never })
  t.teardown(() => app.close())
  for (const [method, url, code] of [
    ['POST', '/metrics', 404],
    ['POST', '/nothing', 404],
    ['PUT', '/status', 404],
    ['GET', '/metrics', 200],
  ] as const) {
    const headers = { 'content-type': 'application/json', 'content-length': '2' }
    const answer = await app.inject({ method, url, headers, payload: '{}' })
    t.strictSame([answer.statusCode, answer.headers.connection], [code, 'close'], `${method} ${url}`)
  }
  t.not((await app.inject('/metrics')).headers.connection, 'close')
})

t.test('connections and requests are bounded', async t => {
  const app = operationsServer({ notReady: () => undefined, metrics: async () => '', status: () => ({}) as never })
  t.teardown(() => app.close())
  const { maxConnections, headersTimeout, requestTimeout, timeout } = app.server
  t.strictSame([maxConnections, headersTimeout, requestTimeout, timeout], [maxOperationsConnections + 1, 5_000, 5_000, 10_000])
})
