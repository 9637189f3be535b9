import t from 'tap'
import type { Fault } from '../src/fault.ts'
import { readSettings, settingsOf } from '../src/settings.ts'

const hour = 3_600_000
const certs = { RELEASE_NAMESPACE: 'ecr', WEBHOOK_CONFIGURATIONS: 'a, b,', SERVING_DNS_NAMES: 'w.ecr.svc' }

t.test('the defaults are those that the README promises', async t => {
  t.strictSame(readSettings(settingsOf.webhook, {}), {
    PORT: 8443,
    METRICS_PORT: 9090,
    CERT_FILE: '/etc/webhook/certs/tls.crt',
    KEY_FILE: '/etc/webhook/certs/tls.key',
    TOKEN_MAX_AGE: hour,
    REFRESH_BEFORE: 6 * hour,
    SHUTDOWN_DELAY: 10_000,
    SHUTDOWN_GRACE: 15_000,
    LOG_LEVEL: 'info',
    CLUSTER_NAME: 'kubernetes',
  })
  t.strictSame(readSettings(settingsOf.refresh, {}), {
    TOKEN_MAX_AGE: hour,
    REFRESH_BEFORE: 6 * hour,
    REFRESH_CONCURRENCY: 16,
    LOG_LEVEL: 'info',
  })
  t.strictSame(readSettings(settingsOf.certs, certs), {
    RELEASE_NAMESPACE: 'ecr',
    TLS_SECRET: 'ecr-anywhere-tls',
    WEBHOOK_CONFIGURATIONS: ['a', 'b'],
    SERVING_DNS_NAMES: ['w.ecr.svc'],
    ROTATE_PROPAGATE: 120_000,
    ROTATE_RELOAD: 300_000,
  })
})

t.test('an empty variable counts as absent, and variables of others are passed over', async t => {
  t.strictSame(readSettings(settingsOf.webhook, { PORT: '', HOME: '/' }), readSettings(settingsOf.webhook, {}))
})

t.test('durations, numbers and lists are read', async t => {
  const read = readSettings(settingsOf.refresh, { REFRESH_BEFORE: '90s', REFRESH_CONCURRENCY: '256', NAMESPACES: 'a,b , c' })
  t.match(read, { REFRESH_BEFORE: 90_000, REFRESH_CONCURRENCY: 256, NAMESPACES: ['a', 'b', 'c'] })
  t.match(readSettings(settingsOf.webhook, { SHUTDOWN_DELAY: '0s', PORT: '0' }), { SHUTDOWN_DELAY: 0, PORT: 0 })
})

const wrong: [name: string, values: string[]][] = [
  ['PORT', ['65536', '-1', '8443.5', 'https', '0x10', '1e3']],
  ['TOKEN_MAX_AGE', ['0s', '11h1s', '1d', '3600', 'soon']],
  ['REFRESH_BEFORE', ['0s', '12h', '6']],
  ['SHUTDOWN_DELAY', ['6m', '-1s']],
  ['SHUTDOWN_GRACE', ['0s', '6m']],
  ['LOG_LEVEL', ['verbose', 'INFO']],
  ['CLUSTER_NAME', ['a b', 'a/b', 'x'.repeat(33)]],
]

for (const [name, values] of wrong) {
  t.test(`${name} is refused with what was found and what is wanted`, async t => {
    for (const value of values) {
      const message = new RegExp(`${name}: found ${RegExp.escape(JSON.stringify(value))}, wanted \\S`)
      t.throws(() => readSettings(settingsOf.webhook, { [name]: value }), { kind: 'settings', message })
    }
  })
}

t.test('all problems are told at once', async t => {
  const fault = faultOf({ ...certs, RELEASE_NAMESPACE: '', ROTATE_RELOAD: 'x', TLS_SECRET: 'ok', OWNER: 'x' })
  t.match(fault.message, /^found 3 faulty settings:/)
  for (const name of ['RELEASE_NAMESPACE: found nothing', 'ROTATE_RELOAD: found "x"', 'OWNER: found "x"']) {
    t.ok(fault.message.includes(name), name)
  }
})

t.test('TOKEN_MAX_AGE and REFRESH_BEFORE together stay below 11h, so that a fresh Secret is never due', async t => {
  t.throws(() => readSettings(settingsOf.refresh, { TOKEN_MAX_AGE: '5h', REFRESH_BEFORE: '6h' }), {
    kind: 'settings',
    message: /TOKEN_MAX_AGE and REFRESH_BEFORE: found a sum of 11h or more/,
  })
  t.doesNotThrow(() => readSettings(settingsOf.refresh, { TOKEN_MAX_AGE: '5h', REFRESH_BEFORE: '5h59m59s' }))
})

const together: [schema: 'webhook' | 'certs', names: [string, string]][] = [
  ['webhook', ['CLIENT_CA_FILE', 'CLIENT_NAMES']],
  ['certs', ['TICKET_SECRET', 'ATTESTED_TENANTS']],
]

for (const [schema, [one, other]] of together) {
  t.test(`${one} and ${other} are set both or neither`, async t => {
    const message = new RegExp(`${one} and ${other}: found one of the two`)
    for (const name of [one, other])
      t.throws(() => readSettings(settingsOf[schema], { ...certs, [name]: 'a' }), { kind: 'settings', message })
    t.doesNotThrow(() => readSettings(settingsOf[schema], { ...certs, [one]: 'a', [other]: 'a' }))
  })
}

function faultOf(env: Record<string, string | undefined>): Fault {
  try {
    readSettings(settingsOf.certs, env)
  } catch (error) {
    return error as Fault
  }
  throw new Error('not refused')
}
