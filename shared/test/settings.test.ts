import t from 'tap'
import type { Fault } from '../src/fault.ts'
import { variables } from '../src/setting-variables.ts'
import { readSettings, settingsOf } from '../src/settings.ts'
import { settingsFault } from '../src/settings-fault.ts'

const hour = 3_600_000
const certs = { RELEASE_NAMESPACE: 'ecr', WEBHOOK_CONFIGURATIONS: 'a, b,', SERVING_DNS_NAMES: 'w.ecr.svc' }

t.test('the defaults are those of the page on settings', async t => {
  t.strictSame(readSettings(settingsOf.webhook, {}), {
    PORT: 8443,
    METRICS_PORT: 9090,
    CERT_FILE: '/etc/webhook/certs/tls.crt',
    KEY_FILE: '/etc/webhook/certs/tls.key',
    AGGREGATED_API: false,
    REFUSE_PROXIED: false,
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
    CREATE_PULL_SECRETS: false,
    POD_EVENTS: false,
    LOG_LEVEL: 'info',
  })
  t.strictSame(readSettings(settingsOf.provision, {}), { METRICS_PORT: 9090, LOG_LEVEL: 'info' })
  t.strictSame(readSettings(settingsOf.certs, certs), {
    RELEASE_NAMESPACE: 'ecr',
    TLS_SECRET: 'ecr-anywhere-tls',
    WEBHOOK_CONFIGURATIONS: ['a', 'b'],
    SERVING_DNS_NAMES: ['w.ecr.svc'],
    BEFORE_RELEASE: false,
    ROTATE_PROPAGATE: 120_000,
    ROTATE_RELOAD: 300_000,
  })
})

t.test('Secrets are named with their namespaces', async t => {
  const { EXPIRY_CONFIG_MAPS } = readSettings(settingsOf.refresh, { EXPIRY_CONFIG_MAPS: 'argocd/ecr-auth, b/c.d' })
  t.strictSame(EXPIRY_CONFIG_MAPS, [
    { namespace: 'argocd', name: 'ecr-auth' },
    { namespace: 'b', name: 'c.d' },
  ])
  for (const wrong of ['ecr-auth', 'a/b/c', 'A/b', 'a/'])
    t.throws(() => readSettings(settingsOf.refresh, { EXPIRY_CONFIG_MAPS: wrong }), {
      message: /EXPIRY_CONFIG_MAPS: .*<namespace>\/<name>/,
    })
})

t.test('an empty variable is treated as absent, and other variables are ignored', async t => {
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
  t.test(`an invalid ${name} is rejected with the found and the expected value`, async t => {
    for (const value of values) {
      const message = new RegExp(`${name}: found ${RegExp.escape(JSON.stringify(value))}, wanted \\S`)
      t.throws(() => readSettings(settingsOf.webhook, { [name]: value }), { kind: 'settings', message })
    }
  })
}

t.test('all problems are reported at once, and the last line lists the invalid settings', async t => {
  const fault = faultOf({ ...certs, RELEASE_NAMESPACE: '', ROTATE_RELOAD: 'x', TLS_SECRET: 'ok', OWNER: 'x' })
  t.match(fault.message, /^found 3 faulty settings:/)
  for (const name of ['RELEASE_NAMESPACE: found nothing', 'ROTATE_RELOAD: found "x"', 'OWNER: found "x"']) {
    t.ok(fault.message.includes(name), name)
  }
  const [head, ...lines] = fault.message.split('\n')
  t.equal(head, 'found 3 faulty settings:')
  t.equal(
    lines.at(-1),
    '3 faulty settings: RELEASE_NAMESPACE, OWNER, ROTATE_RELOAD; wanted settings as docs/reference/settings.md lists them. Correct them, then start again.',
  )
  t.ok(lines.slice(0, -1).every(line => /^ {2}- [A-Z_]+: found .*, wanted \S/.test(line)))
})

t.test('one problem is reported on one line', async t => {
  t.equal(
    faultOf({ ...certs, ROTATE_RELOAD: 'a\nb' }).message,
    'found a faulty setting, ROTATE_RELOAD: found "a\\nb", wanted a duration from 1s to 24h; wanted settings as docs/reference/settings.md lists them. Correct it, then start again.',
  )
})

t.test('problems of a command line are those of options, which --help lists', async t => {
  t.equal(
    settingsFault(['--output: found "x", wanted json']).message,
    'found a faulty option, --output: found "x", wanted json; wanted options as --help lists them. Correct it, then run it again.',
  )
  t.match(settingsFault(['--output: x', '<target>: y']).message, /\n2 faulty options: --output, <target>; wanted options as --help/)
  t.match(settingsFault(['--output: x', 'PORT: y']).message, /^found 2 faulty settings:/)
})

t.test('the last line is one sentence, however many problems there are', async t => {
  const problems = Array.from({ length: 12 }, (_, at) => `SETTING_${at}: found "x", wanted y`)
  const last = settingsFault([...problems, ...problems])
    .message.split('\n')
    .at(-1)
  t.match(last, /^24 faulty settings: SETTING_0, .*, SETTING_9 and 2 more; wanted/)
})

const lists: [schema: 'webhook' | 'refresh' | 'certs', name: string][] = [
  ['refresh', 'NAMESPACES'],
  ['webhook', 'CLIENT_NAMES'],
  ['webhook', 'PROVISIONERS'],
  ['certs', 'ATTESTED_TENANTS'],
  ['certs', 'WEBHOOK_CONFIGURATIONS'],
  ['certs', 'SERVING_DNS_NAMES'],
]

for (const [schema, name] of lists) {
  t.test(`${name} is rejected if it contains no name`, async t => {
    for (const value of [',', ' ', ' , ,']) {
      t.throws(() => readSettings(settingsOf[schema], { ...certs, [name]: value }), {
        kind: 'settings',
        message: new RegExp(`${name}: found "${value}", wanted at least one name`),
      })
    }
  })
}

t.test('the test above covers every list setting', async t => {
  const names = Object.entries(variables).flatMap(([name, schema]) => {
    const read = schema.safeParse('a,b')
    return Array.isArray(read.data) ? [name] : []
  })
  t.strictSame(names.sort(), lists.map(([, name]) => name).sort())
})

t.test('a duplicate name in a list is used once', async t => {
  t.match(readSettings(settingsOf.refresh, { NAMESPACES: 'a, b,a' }), { NAMESPACES: ['a', 'b'] })
})

t.test('NAMESPACES is rejected if it contains an invalid namespace name', async t => {
  for (const value of ['Team', 'a,b c', '../secrets', 'a/b', '-a', 'a-', 'x'.repeat(64)]) {
    t.throws(() => readSettings(settingsOf.refresh, { NAMESPACES: value }), {
      message: /NAMESPACES: found .*, wanted comma-separated names/,
    })
  }
  t.match(readSettings(settingsOf.refresh, { NAMESPACES: `a,1-b,${'x'.repeat(63)}` }).NAMESPACES?.length, 3)
})

t.test('TOKEN_MAX_AGE plus REFRESH_BEFORE must be less than 11h, so that a fresh Secret is never due', async t => {
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
  t.test(`${one} and ${other} must both be set or both be unset`, async t => {
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
  throw new Error('the settings were accepted')
}
