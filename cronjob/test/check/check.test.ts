import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { type CheckWorld, checkOnce } from '../../src/check/check.ts'
import { type AdmissionObject, type Expected, readExpected } from '../../src/check/expected.ts'
import { maxTries, type ProbeSecret, placesOf } from '../../src/check/probes.ts'

const policy = (name: string): AdmissionObject => ({ apiVersion: 'a/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec: {} })
const expected: Expected = {
  caBundleFrom: 'certs',
  pullSecret: 'ecr-anywhere-pull',
  tenants: ['default', 'team-a'],
  objects: [policy('ecr-anywhere-no-ticket'), policy('ecr-anywhere-reader-guard'), policy('ecr-anywhere-injected')],
}
const answer = (status: number, body: object = {}, ...warnings: string[]): KubeAnswer => ({
  status,
  body,
  warnings,
  retryAfterSeconds: undefined,
})
const ok = answer(201, {}, 'ecr-anywhere: check ok: tenant x has a token')
const deniedBy = (name: string) => answer(403, { message: `ValidatingAdmissionPolicy '${name}' with binding '${name}' denied request: no` })
const isProbe = ({ metadata }: ProbeSecret) => metadata.labels?.[labels.probe] !== undefined

/** A release that works. @returns also the Secrets that were applied */
function world(change: Partial<CheckWorld> & { probe?: (secret: ProbeSecret) => KubeAnswer } = {}, released = expected) {
  const applied: ProbeSecret[] = []
  const { probe = () => ok, ...more } = change
  const all: CheckWorld = {
    read: async object => object,
    pause: async () => {},
    namespaces: async () => [
      { name: 'apps', value: 'enabled' },
      { name: 'a', value: 'team-a' },
    ],
    tryApply: async secret => {
      applied.push(secret)
      if (isProbe(secret)) return probe(secret)
      return deniedBy(secret.metadata.annotations === undefined ? 'ecr-anywhere-reader-guard' : 'ecr-anywhere-no-ticket')
    },
    ...more,
  }
  return { applied, look: () => checkOnce({ expected: released, namespace: 'ecr', probe: 'probe' }, all) }
}
const fault = new Fault('transient', { found: 'ECONNREFUSED', wanted: 'an answer', todo: 'Is it up?' })

t.test('a release that works has no problems, and each tenant is checked in one of its own namespaces', async t => {
  const { look, applied } = world()
  t.strictSame(await look(), { problems: [], asked: ['tenant default: ok in namespace apps', 'tenant team-a: ok in namespace a'] })
  const probes = applied.filter(isProbe)
  t.match(
    probes.map(({ metadata }) => metadata),
    ['apps', 'a'].map(namespace => ({ namespace, name: 'probe', labels: { [labels.managed]: 'true', [labels.probe]: 'true' } })),
  )
  t.ok(
    probes.every(({ type, data }) => type === 'kubernetes.io/dockerconfigjson' && data === undefined),
    'the Secrets have no data, as users create them',
  )
})

t.test('a tenant that no namespace selects is checked in the namespace of the release, with an unmanaged Secret', async t => {
  const { look, applied } = world({ namespaces: async () => [{ name: 'other', value: 'unknown' }] })
  const { problems, asked } = await look()
  t.strictSame(problems, [])
  t.strictSame(
    asked,
    ['default', 'team-a'].map(tenant => `tenant ${tenant}: ok in namespace ecr, as no namespace has its label`),
  )
  t.strictSame(
    applied.filter(isProbe).map(({ metadata, type }) => [metadata.namespace, metadata.labels, type]),
    ['default', 'team-a'].map(tenant => ['ecr', { [labels.probe]: tenant }, 'Opaque']),
  )
})

t.test('if a namespace rejects the Secret for another reason, the next namespace is tried', async t => {
  const { look } = world({
    namespaces: async () => ['b', 'a', 'c'].map(name => ({ name, value: 'enabled' })),
    probe: ({ metadata }) => (metadata.namespace === 'a' ? answer(403, { message: 'it is being terminated' }) : ok),
  })
  t.match((await look()).asked[0], 'tenant default: ok in namespace b')
})

t.test('a denial by AWS is reported rather than an error of a namespace', async t => {
  const denial = answer(500, { message: 'm', details: { group: 'ecr-anywhere.centml.ai', causes: [{ message: 'AWS refuses.' }] } })
  const { look } = world({
    namespaces: async () => ['a', 'b'].map(name => ({ name, value: 'enabled' })),
    probe: ({ metadata }) => (metadata.namespace === 'a' ? answer(403, { message: 'it is being terminated' }) : denial),
  })
  t.match((await look()).problems[0], { kind: 'refused', why: 'AWS refuses.' })
})

t.test('each part reports its problems independently of the others', async t => {
  const { look } = world({
    read: async object => (object.metadata.name === 'ecr-anywhere-injected' ? undefined : object),
    probe: () => answer(201),
    tryApply: async () => answer(201),
  })
  const { problems } = await look()
  t.match(
    problems.map(({ kind }) => kind),
    ['final', 'transient', 'transient', 'transient', 'transient'],
  )
  t.match(problems[0]?.why, /no ValidatingAdmissionPolicy ecr-anywhere-injected/)
})

t.test('in every part, an API server that does not answer is a transient problem', async t => {
  const down = () => Promise.reject(fault)
  const { look } = world({ read: down, namespaces: down, tryApply: down })
  const { problems, asked } = await look()
  t.equal(problems.length, 3 + 2 + 1)
  t.ok(problems.every(({ kind, why }) => kind === 'transient' && why === fault.message))
  t.strictSame(asked, [])
  const { look: again } = world({ tryApply: down })
  t.equal((await again()).problems.length, 2 + 2)
})

t.test('an unexpected error is not quoted', async t => {
  const { look } = world({ read: () => Promise.reject(new TypeError('hunter2')) })
  t.strictSame(
    (await look()).problems.map(({ why }) => why),
    ['TypeError', 'TypeError', 'TypeError'],
  )
})

t.test('only policies of the release are tested', async t => {
  const { look, applied } = world({}, { ...expected, objects: [policy('ecr-anywhere-injected')] })
  t.strictSame((await look()).problems, [])
  t.ok(applied.every(isProbe))
})

t.test('namespaces are found by the value of their label, where enabled means default, and only the first few are tried', async t => {
  const namespaces = [
    { name: 'z', value: 'enabled' },
    { name: 'y', value: 'default' },
    { name: 'x', value: 'team-a' },
    { name: 'w', value: 'Enabled' },
  ]
  t.strictSame(placesOf(['default', 'team-a', 'team-b'], namespaces), [
    { tenant: 'default', namespaces: ['y', 'z'] },
    { tenant: 'team-a', namespaces: ['x'] },
    { tenant: 'team-b', namespaces: [] },
  ])
  const many = Array.from({ length: 10 }, (_, at) => ({ name: `n${9 - at}`, value: 'enabled' }))
  t.strictSame(placesOf(['default'], many)[0]?.namespaces, ['n0', 'n1', 'n2'])
  t.equal(maxTries, 3)
})

const written = { ...expected, ofEachTenant: [policy('of-<tenant>')] }

t.test('the file of expected objects has a pattern for the objects of each tenant other than default', async t => {
  const { objects, ...rest } = readExpected(JSON.stringify({ ...written, tenants: ['default', 'team-a', 'team-b'] }))
  t.strictSame(objects, [...expected.objects, policy('of-team-a'), policy('of-team-b')])
  t.strictSame(rest, { caBundleFrom: 'certs', tenants: ['default', 'team-a', 'team-b'], pullSecret: 'ecr-anywhere-pull' })
})

const refused: [about: string, text: string][] = [
  ['no JSON', '{'],
  ['nothing', ''],
  ['no tenants', JSON.stringify({ ...written, tenants: [] })],
  ['no objects', JSON.stringify({ ...written, objects: [] })],
  ['no pattern', JSON.stringify(expected)],
  ['an object without a name', JSON.stringify({ ...written, objects: [{ apiVersion: 'v1', kind: 'a', metadata: {} }] })],
  ['another source of caBundle', JSON.stringify({ ...written, caBundleFrom: 'me' })],
]
for (const [about, text] of refused) {
  t.test(`a file with ${about} is rejected, and the message names its variable`, async t => {
    t.throws(() => readExpected(text), { kind: 'settings', message: /EXPECTED_FILE/ })
  })
}
