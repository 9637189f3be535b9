import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import t from 'tap'
import { causeCode } from '../../src/doctor/cause-code.ts'
import { type Check, causeIn, missing, runChecks } from '../../src/doctor/check.ts'
import { checks } from '../../src/doctor/checks/checks.ts'
import { diagnose, exitCodeOf } from '../../src/doctor/diagnosis.ts'
import { diagnosisText } from '../../src/doctor/diagnosis-text.ts'
import type { Facts } from '../../src/doctor/facts/facts.ts'
import { type NetworkPolicy, passes, policiesFor } from '../../src/doctor/facts/network-policies.ts'
import { knownNames } from '../../src/doctor/known-names.ts'
import { counted, named } from '../../src/doctor/named.ts'
import { asFinding } from '../../src/doctor/problem-parts.ts'
import { rightIn } from '../../src/doctor/right-in.ts'
import { readDoctorSettings } from '../../src/doctor/settings.ts'
import { failed, ok } from '../../src/findings/finding.ts'

const facts = {
  cluster: { context: 'a', server: 'b' },
  version: async () => ({ version: 'v1.36.3', minor: 36, aheadMs: 0 }),
} as unknown as Facts
const check = (id: string, run: Check['run']): Check => ({ id, title: `title of ${id}`, run })
const good = check('good', async () => ok('fine'))
const bad = check('bad', async () => failed('a', 'b', 'Do c.'))
const fault = (code: string, found: string) => new Fault('transient', { code, found, wanted: 'w', todo: 't' })
const throwing = (error: unknown) =>
  check('throwing', async () => {
    throw error
  })

t.test('the ids of the checks differ, and their titles say what is so', async t => {
  t.equal(new Set(checks.map(({ id }) => id)).size, checks.length)
  for (const { id, title } of checks) t.match([id, title], [/^[a-z-]+$/, /^[a-zA-Z][^.]+$/])
})

for (const [about, error, needs] of [
  [
    'a right is missing',
    fault('Forbidden', 'HTTP 403: pods is forbidden: User "x" cannot list resource "pods" in API group "" at the cluster scope'),
    'the right to list pods in all namespaces',
  ],
  ['something is missing on which it depends', missing('a release'), 'a release'],
  ['the API server fails', fault('HTTP 500', 'x'), 'an answer of the API server without an error (HTTP 500)'],
] as const) {
  t.test(`it cannot be told if ${about}`, async t => {
    t.match(await runChecks([throwing(error)], facts), [{ state: 'cannot tell', needs }])
  })
}

t.test('a mistake in a check is not hidden', t => t.rejects(runChecks([throwing(new TypeError('x'))], facts), new TypeError('x')))

t.test('the cause is the first failure, and comes first in the text', async t => {
  const found = await diagnose([good, bad, check('later', bad.run)], facts)
  t.equal(found.cause?.id, 'bad')
  t.equal(exitCodeOf(found), 1)
  const text = diagnosisText(found, text => text)
  t.match(
    text,
    /^Cause: bad failed\. Expected that title of bad\.\n +found +a\n +expected +b\n +do +Do c\.\n +more +https:.*runbook\.md#bad\n\nok {11}good: title of good: fine\n/,
  )
  t.match(text, /\n3 checks of a: 1 ok, 2 failed, 0 cannot tell\.\n$/)
})

t.test('if all is well, or not all can be seen, the first line says so', async t => {
  const well = await diagnose([good], facts)
  t.match(
    diagnosisText(well, text => text),
    /^Every link works\.\n/,
  )
  const partly = await diagnose([good, throwing(missing('x'))], facts)
  t.match(
    diagnosisText(partly, text => text),
    /^No link was found broken, but not all could be seen\.\n/,
  )
  t.equal(exitCodeOf(partly), 0)
  t.equal(exitCodeOf(await diagnose([throwing(missing('x'))], facts)), 1, 'nothing of the release could be seen')
})

t.test('if the API server does not answer, nothing else is reported', async t => {
  const gone = { ...facts, version: () => Promise.reject(fault('ECONNREFUSED', 'ECONNREFUSED from x')) } as unknown as Facts
  const { results } = await diagnose([good, bad], gone)
  t.match(results, [{ id: 'cluster-reachable', state: 'failed', found: 'ECONNREFUSED from x' }])
  t.equal(causeIn(results)?.id, 'cluster-reachable')
})

t.test('an unknown check is a problem of the command line', async t => {
  t.throws(() => readDoctorSettings({ only: ['x'] }, checks), /--only: found "x", wanted one of cluster-reachable/)
  t.strictSame(
    readDoctorSettings({ only: ['tickets'] }, checks).checks.map(({ id }) => id),
    ['tickets'],
  )
})

t.test('a sentence of the check is split into its parts', async t => {
  t.strictSame(asFinding('found a, b; wanted c. Do d: e. f.', ' x'), failed('a, b x', 'c', 'Do d: e. f.'))
  t.strictSame(asFinding('something else'), failed('something else', 'no such problem', 'Follow what the message says.'))
})

for (const [message, right] of [
  ['cannot list resource "namespaces" in API group "" at the cluster scope', 'list namespaces'],
  [
    'cannot get resource "apiservices" in API group "apiregistration.k8s.io" at the cluster scope',
    'get apiservices.apiregistration.k8s.io',
  ],
  ['cannot list resource "cronjobs" in API group "batch" in the namespace "a"', 'list cronjobs.batch in namespace a'],
  ['something else', undefined],
] as const) {
  t.test(`the right in ${JSON.stringify(message)} is ${right}`, async t => t.equal(rightIn(message), right))
}

const policy = (spec: object): NetworkPolicy =>
  ({ metadata: { name: 'a' }, spec: { podSelector: { matchLabels: {} }, ...spec } }) as NetworkPolicy
const ours = { app: 'ecr', component: 'webhook' }

t.test('a NetworkPolicy selects pods by labels and expressions, and has a type', async t => {
  const selects = (podSelector: object, more: object = {}) =>
    policiesFor([policy({ podSelector: { matchLabels: {}, ...podSelector }, ...more })], ours, 'Ingress').length === 1
  t.ok(selects({}))
  t.ok(selects({ matchLabels: { app: 'ecr' } }))
  t.notOk(selects({ matchLabels: { app: 'other' } }))
  t.ok(selects({ matchExpressions: [{ key: 'component', operator: 'In', values: ['webhook'] }] }))
  t.notOk(selects({ matchExpressions: [{ key: 'component', operator: 'NotIn', values: ['webhook'] }] }))
  t.notOk(selects({ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }))
  t.ok(selects({ matchExpressions: [{ key: 'app', operator: 'Exists' }] }))
  t.notOk(selects({}, { policyTypes: ['Egress'] }))
  t.equal(policiesFor([policy({ egress: [] })], ours, 'Egress').length, 1)
  t.equal(policiesFor([policy({})], ours, 'Egress').length, 0)
})

for (const [rules, isOpen] of [
  [[], false],
  [[{}], true],
  [[{ ports: [{ port: 10250 }] }], true],
  [[{ ports: [{ port: 10000, endPort: 11000 }] }], true],
  [[{ ports: [{ port: 'https' }] }], true],
  [[{ ports: [{ port: 9090 }] }], false],
] as const) {
  t.test(`the rules ${JSON.stringify(rules)} let ${isOpen ? '' : 'nobody '}connect to the webhook`, async t =>
    t.equal(passes([policy({ ingress: rules })], 'ingress', [10250, 'https']), isOpen),
  )
}

t.test('rules for DNS alone let nobody connect to AWS', async t => {
  const egress = (...ports: object[]) => passes([policy({ egress: [{ ports }] })], 'egress', undefined)
  t.notOk(egress({ port: 53 }))
  t.ok(egress({ port: 53 }, { port: 443 }))
  t.ok(egress({}))
})

t.test('names are limited in number, and of what could not be read there are none', async t => {
  t.equal(named(['a', 'b', 'c', 'd', 'e', 'f', 'g']), 'a, b, c, d, e and 2 more')
  t.equal(namespacedName({ namespace: 'a', name: 'b' }), 'a/b')
  t.strictSame([counted(1, 'pod'), counted(2, 'pod')], ['1 pod', '2 pods'])
  const cluster = { context: 'c', namespace: 'n', server: 'https://k8s.example:6443' }
  const no = () => Promise.reject(new Error('no right'))
  const unreadable = { cluster, namespaces: no, secrets: no, pods: no, workload: no, admission: no } as unknown as Facts
  t.strictSame(await knownNames(unreadable), { context: ['c'], host: ['k8s.example'], namespace: ['n'], Secret: [], pod: [], tenant: [] })
  const readable = {
    cluster: { ...cluster, server: '' },
    namespaces: async () => ({ all: ['a'], enabled: [{ name: 'a', value: 'team-a' }] }),
    secrets: async () => ({ managed: [{ namespace: 'a', name: 'b' }], misspelt: [], unmanaged: [] }),
    pods: async () => ({ waiting: [{ name: 'p' }] }),
    workload: async () => ({ pods: [{ metadata: { name: 'w' } }] }),
    admission: async () => ({ expected: { tenants: ['default'] } }),
  } as unknown as Facts
  t.match(await knownNames(readable), {
    host: [''],
    namespace: ['n', 'a', 'a'],
    Secret: ['b'],
    pod: ['p', 'w'],
    tenant: ['default', 'team-a'],
  })
})

t.test('an error of one code is turned into undefined', async t => {
  t.equal(causeCode('Forbidden')(fault('Forbidden', 'x')), undefined)
  t.throws(() => causeCode('Forbidden')(fault('Other', 'x')), /found x/)
})
