import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { createMissing, foreignEvents, foreignMessage, maxForeignEvents } from '../../src/refresh/pull-secrets.ts'
import { type RefreshOptions, refresh } from '../../src/refresh/refresh.ts'
import { pullSecretsLine, reportOf } from '../../src/refresh/report.ts'
import { apiServer, fresh, nowMs, refreshOptions, type ServedSecret, type ServerOptions } from './api-server.ts'

const options: RefreshOptions = { ...refreshOptions, pullSecrets: { defaultName: 'ecr-pull' } }
const world = { nowMs: () => nowMs, onTouched: () => {}, stoppedBy: () => undefined }
const refusal = (status: number, reason: string, message: string, causes: object[] = []): Partial<KubeAnswer> => ({
  status,
  body: { reason, message, details: { causes } },
})

async function repaired(secrets: ServedSecret[], server: ServerOptions = {}, more: Partial<RefreshOptions> = {}) {
  const api = apiServer(secrets, server)
  const run = await refresh({ ...world, kubernetes: api.kubernetes }, { ...options, ...more })
  const creates = api.requests.filter(({ method }) => method === 'POST')
  return { run, creates, results: run.repaired.map(({ namespace, name, result }) => `${namespace}/${name} ${result}`).sort() }
}

const present = { namespace: 'a', name: 'ecr-pull', expiresAt: fresh }
const empty = { b: {}, c: { [annotations.pullSecret]: 'named' } }

t.test('a pull Secret that is missing is created without data, with the name of the annotation or the default', async t => {
  const { results, creates } = await repaired([present], { notes: empty })
  t.strictSame(results, ['b/ecr-pull created', 'c/named created'])
  t.match(creates[0], { path: '/api/v1/namespaces/b/secrets?fieldManager=ecr-anywhere-refresh', accept: /as=PartialObjectMetadata;/ })
  t.strictSame(JSON.parse(creates[0]?.body ?? ''), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'b', name: 'ecr-pull', labels: { [labels.managed]: 'true' } },
    type: 'kubernetes.io/dockerconfigjson',
  })
})

t.test('without a default name, only namespaces with the annotation get a Secret', async t => {
  t.strictSame((await repaired([present], { notes: empty }, { pullSecrets: { defaultName: undefined } })).results, ['c/named created'])
})

const withoutRepair: [about: string, secrets: ServedSecret[], server: ServerOptions, more: Partial<RefreshOptions>][] = [
  ['it is not enabled', [present], { notes: empty }, { pullSecrets: undefined }],
  ['it is a dry run', [present], { notes: empty }, { dryRun: true }],
  ['it has one namespace only', [present], { notes: { a: {} } }, { namespace: 'a' }],
  ['nothing is missing', [present], {}, {}],
  ['the Secret is being deleted', [{ ...present, isBeingDeleted: true }], {}, {}],
  ['the namespace is being deleted', [], { notes: empty, terminating: ['b', 'c'] }, {}],
  ['the namespace is not enabled', [], { notes: empty, notEnabled: ['b', 'c'] }, {}],
  ['the name is not valid', [], { notes: { b: { [annotations.pullSecret]: 'No Name' } } }, {}],
  [
    'Secrets could not be listed',
    [present],
    { notes: empty, onList: ({ path }) => (path.startsWith('/api/v1/secrets') ? { status: 403 } : undefined) },
    {},
  ],
]
for (const [about, secrets, server, more] of withoutRepair) {
  t.test(`a run creates nothing if ${about}`, async t => t.strictSame((await repaired(secrets, server, more)).creates, []))
}

const taken = refusal(409, 'AlreadyExists', 'secrets "ecr-pull" already exists')
/** The list of the one Secret that is in the way. */
const existing =
  (own: Record<string, string>): NonNullable<ServerOptions['onList']> =>
  ({ path }) =>
    path.includes(`fieldSelector=${encodeURIComponent('metadata.name=ecr-pull')}`)
      ? { body: { items: [{ metadata: { namespace: 'b', name: 'ecr-pull', labels: own } }], metadata: {} } }
      : undefined

t.test('a Secret that `provision` created in the meantime exists, and is not reported', async t => {
  const onList = existing({ [labels.managed]: 'true' })
  const { run, results } = await repaired([present], { notes: { b: {} }, onCreate: () => taken, onList })
  t.strictSame(results, ['b/ecr-pull exists'])
  t.strictSame(foreignEvents(run.repaired, nowMs), [])
})

t.test('a Secret of that name that is not managed is left as it is and reported by one Event on the namespace', async t => {
  const { run, results } = await repaired([present], { notes: { b: {} }, onCreate: () => taken, onList: existing({ app: 'own' }) })
  t.strictSame(results, ['b/ecr-pull foreign'])
  t.equal(pullSecretsLine(run), 'pull Secrets: missing 1, created 0; not managed, so left as they are, 1: b/ecr-pull')
  t.match(foreignEvents(run.repaired, nowMs), [
    {
      about: { kind: 'Namespace', namespace: 'b', name: 'b', uid: 'uid-of-b' },
      reason: 'PullSecretNotManaged',
      id: /^uid-of-b\.[0-9a-f]{16}$/,
    },
  ])
})

const missing = (name: string) => ({ namespace: 'b', uid: 'uid-of-b', name })

t.test('the message about a Secret that is not managed says what to do', async t => {
  t.equal(
    foreignMessage(missing('own')),
    'found the Secret b/own, which is not labelled managed, so it is left as it is and gets no credentials; wanted none of this name, or a ' +
      'managed one. Run kubectl label secret -n b own ecr-anywhere.centml.ai/managed=true, or name another Secret in the annotation ' +
      'ecr-anywhere.centml.ai/pull-secret of the namespace.',
  )
})

t.test('of many such Secrets, the first have Events', async t => {
  const foreign = Array.from({ length: maxForeignEvents + 1 }, (_, at) => ({ ...missing(`own-${at}`), result: 'foreign' as const }))
  const events = foreignEvents(foreign, nowMs)
  t.strictSame(
    events.map(({ message }) => message),
    foreign.slice(0, maxForeignEvents).map(foreignMessage),
  )
})

t.test('a run that is stopping creates no more', async t => {
  const { kubernetes, requests } = apiServer([])
  t.strictSame(await createMissing([missing('own')], { kubernetes, concurrency: 1, isStopping: () => true }), [])
  t.strictSame(requests, [])
})

t.test('an answer without a message is a failure with its status', async t => {
  const { run } = await repaired([present], { notes: { b: {} }, onCreate: () => ({ status: 502, body: undefined }) })
  t.match(run.repaired, [{ result: 'failed', cause: /^found HTTP 502 on creating it: no message; / }])
})

const outcomes: [about: string, answer: Partial<KubeAnswer>, result: string][] = [
  ['was created and deleted in the meantime', taken, 'gone'],
  [
    'is in a namespace that was deleted',
    { status: 404, body: { reason: 'NotFound', message: 'namespaces "b" not found', details: { name: 'b', kind: 'namespaces' } } },
    'gone',
  ],
  ['is in a namespace that is being deleted', refusal(403, 'Forbidden', 'no', [{ reason: 'NamespaceTerminating' }]), 'gone'],
  ['exceeds a quota', refusal(403, 'Forbidden', 'exceeded quota'), 'failed'],
]
for (const [about, answer, result] of outcomes) {
  t.test(`a Secret that ${about} is ${result}, and the run does not fail`, async t => {
    const { run, results } = await repaired([present], { notes: { b: {} }, onCreate: () => answer })
    t.strictSame(results, [`b/ecr-pull ${result}`])
    t.equal(JSON.parse(reportOf(run, { output: 'json', dryRun: false, nowMs })).error, undefined)
    if (result === 'failed') t.equal(pullSecretsLine(run), 'pull Secrets: missing 1, created 0; not created 1: b/ecr-pull (exceeded quota)')
  })
}

t.test('a connection that breaks is a failure of that Secret only', async t => {
  const onCreate = (namespace: string) => {
    if (namespace === 'b') throw new Error('with a secret')
    return { status: 201 }
  }
  const { run, results } = await repaired([present], { notes: empty, onCreate })
  t.strictSame(results, ['b/ecr-pull failed', 'c/named created'])
  t.match(pullSecretsLine(run), /not created 1: b\/ecr-pull \(Error\)/)
})

t.test('a dry run shows what is missing', async t => {
  const { run } = await repaired([present], { notes: { b: {} } }, { dryRun: true })
  t.match(reportOf(run, { output: 'text', dryRun: true, nowMs }), 'pull Secrets: missing 1, created 0')
  t.match(JSON.parse(reportOf(run, { output: 'json', dryRun: true, nowMs })), {
    missingPullSecrets: [{ namespace: 'b', name: 'ecr-pull' }],
  })
})
