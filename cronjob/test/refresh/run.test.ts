import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { KubeRequest } from '@ecr-anywhere/shared/kube/transport.ts'
import { refreshReport } from '@ecr-anywhere/shared/refresh-report.ts'
import t from 'tap'
import { type RunOptions, run } from '../../src/refresh/run.ts'
import { apiServer, expired, nowMs, refreshOptions, type ServedSecret, type ServerOptions } from './api-server.ts'

const options: RunOptions = {
  ...refreshOptions,
  output: 'text',
  releaseNamespace: undefined,
  podEvents: false,
}
/** Due, and still valid. */
const soon = '2026-01-01T13:00:00Z'
const recorded = { ...options, releaseNamespace: 'ecr' }
const failing = { namespace: 'a', name: 'bad', expiresAt: expired, onTouch: () => ({ status: 422, body: { message: 'no' } }) }

/** Everything that a run outputs, in order. */
async function outputOf(
  secrets: ServedSecret[],
  { eventStatus = 201, given = options, ...server }: ServerOptions & { eventStatus?: number; given?: RunOptions } = {},
) {
  const steps: string[] = []
  const bodies: string[] = []
  const { kubernetes: api } = apiServer(secrets, server)
  const log = (fields: object, text: string) => void steps.push(`${text} ${JSON.stringify(fields)}`)
  const request = async ({ method, path, body = '' }: KubeRequest) => {
    steps.push(path)
    bodies.push(body)
    // There is no ConfigMap yet.
    const status = method === 'GET' && eventStatus === 201 ? 404 : eventStatus
    return { status, body: undefined, warnings: [], retryAfterSeconds: undefined }
  }
  const ended = run(given, {
    kubernetes: api,
    eventsKubernetes: () => kubernetes({ request }),
    limits: { stoppedBy: () => undefined, startEvents: () => new AbortController().signal },
    nowMs: () => nowMs,
    progress: { update: (done, total) => steps.push(`${done}/${total}`), clear: () => steps.push('clear') },
    log: { error: log, warn: log },
    print: text => void steps.push(text),
  })
  const [exitCode, error] = await ended.then(
    code => [code, undefined],
    error => [undefined, error],
  )
  return { steps, bodies, exitCode, error }
}

t.test('a run that renews all Secrets shows its progress and then the report', async t => {
  const { steps, exitCode } = await outputOf([{ namespace: 'a', name: 'x' }])
  t.match(steps, ['1/1', 'clear', /^checked 1, due 1, refreshed 1, failed 0, .*\n$/])
  t.strictSame([steps.length, exitCode], [3, 0])
})

t.test('a failed Secret is logged at once, and its Event is written after the report', async t => {
  const { steps, exitCode } = await outputOf([failing])
  t.match(steps, [
    '1/1',
    'clear',
    'not renewed {"namespace":"a","name":"bad","cause":"no"}',
    'clear',
    /failed 1.*\nrefresh failed: 1 Secret was not renewed; a\/bad: no\n$/,
    '/api/v1/namespaces/a/events',
  ])
  t.equal(exitCode, 1)
})

t.test('if Events fail, the last line, which is the termination message, contains their cause and that of the run', async t => {
  const { steps } = await outputOf([failing], { eventStatus: 403 })
  t.match(steps.at(-1), /^1 of 1 Events were not written: found HTTP 403 .*; refresh failed: 1 Secret was not renewed; a\/bad: no \{\}$/)
})

t.test('namespaces that could not be listed and Secrets that are not renewed are logged', async t => {
  const outside = await outputOf([{ namespace: 'c', name: 'lost', expiresAt: expired }], { notEnabled: ['c'] })
  t.match(outside.steps[1], /^not renewed, because its namespace is not enabled \{"namespace":"c","name":"lost","expiresAt":/)
  t.equal(outside.exitCode, 0)
  const onList = ({ path }: { path: string }) => (path.startsWith('/api/v1/secrets') ? { status: 500 } : undefined)
  const unlisted = await outputOf([], { onList })
  t.match(unlisted.steps[1], /^namespace could not be listed \{"namespace":"\*","cause":"found HTTP 500/)
  t.equal(unlisted.exitCode, 1)
})

/** Where the status is written, after the report. */
const statusPath = '/api/v1/namespaces/ecr/configmaps/ecr-anywhere-status'

t.test('a run over the whole scope is recorded after its report and before its Events', async t => {
  const { steps, bodies, exitCode } = await outputOf([failing], { given: recorded, eventStatus: 201 })
  t.match(steps.slice(-3), [statusPath, `${statusPath}?fieldManager=ecr-anywhere-refresh&force=true`, '/api/v1/namespaces/a/events'])
  t.match(steps.at(-4), /^checked 1/)
  const { data } = JSON.parse(bodies.at(-2) ?? '')
  t.match(refreshReport.parse(JSON.parse(data['report.json'])), { failed: true, counted: { failures: [{ name: 'bad', cause: 'no' }] } })
  t.equal(exitCode, 1)
})

t.test('a run of one namespace, and a dry run, are not recorded', async t => {
  for (const given of [
    { ...recorded, dryRun: true },
    { ...recorded, namespace: 'a' },
  ]) {
    const { steps } = await outputOf([failing], { given })
    t.notMatch(steps.join(), 'configmaps')
  }
})

t.test('a run that cannot list the namespaces is recorded as failed, and still fails with its cause', async t => {
  const onList = ({ path }: { path: string }) => (path.startsWith('/api/v1/namespaces') ? { status: 403 } : undefined)
  const { bodies, error } = await outputOf([{ namespace: 'a', name: 'x' }], { given: recorded, onList })
  t.match(error, { message: /HTTP 403 on listing/ })
  t.match(JSON.parse(JSON.parse(bodies.at(-1) ?? '').data['report.json']), { failed: true, cause: /^found HTTP 403 on listing/ })
})

t.test('that the status cannot be written changes no result, and is reported with the cause of the run', async t => {
  const good = await outputOf([{ namespace: 'a', name: 'x' }], { given: recorded, eventStatus: 403 })
  t.equal(good.exitCode, 0)
  t.match(
    good.steps.at(-1),
    /^the run was not recorded in the ConfigMap ecr\/ecr-anywhere-status, so metrics do not show it: found HTTP 403/,
  )
  const bad = await outputOf([failing], { given: recorded, eventStatus: 403 })
  t.match(
    bad.steps.at(-1),
    /^the run was not recorded .*; 1 of 1 Events were not written.*; refresh failed: 1 Secret was not renewed; a\/bad: no \{\}$/,
  )
})

t.test('if a ConfigMap with an expiry cannot be written, the run fails, and the last line and the status contain the cause', async t => {
  const expiryConfigMaps = [{ namespace: 'a', name: 'x' }]
  const cause = /^refresh failed: the ConfigMap a\/x was not written: found HTTP 40[34] /
  const refused = await outputOf([{ namespace: 'a', name: 'x' }], { eventStatus: 403, given: { ...options, expiryConfigMaps } })
  t.match(refused.steps.at(-1), cause)
  t.equal(refused.exitCode, 1)
  const both = await outputOf([failing], { eventStatus: 403, given: { ...options, expiryConfigMaps } })
  t.match(
    both.steps.at(-1),
    /^refresh failed: the ConfigMap a\/x was not written: .*; refresh failed: 1 Secret was not renewed; a\/bad: no /,
  )
  const { bodies, exitCode } = await outputOf([{ namespace: 'a', name: 'x' }], { given: { ...recorded, expiryConfigMaps } })
  const [report = ''] = bodies.filter(body => body.includes('finishedAt'))
  const { failed, cause: why } = refreshReport.parse(JSON.parse(Object.values<string>(JSON.parse(report).data)[0] ?? ''))
  t.equal(failed, true)
  t.match(why, cause)
  t.equal(exitCode, 1)
})

t.test('pods are listed only if they are to have Events and a Secret failed without valid credentials', async t => {
  const given = { ...options, podEvents: true }
  const podsPath = '/api/v1/namespaces/a/pods?limit=500'
  const expiredNow = await outputOf([failing], { given })
  t.match(expiredNow.steps.slice(-3), [podsPath, '/api/v1/namespaces/a/events', /^pods in a were not listed, so they have no Events: /])
  t.equal(expiredNow.exitCode, 1)
  t.notMatch((await outputOf([failing])).steps.join(), '/pods')
  t.notMatch((await outputOf([{ ...failing, expiresAt: soon }], { given })).steps.join(), '/pods')
  t.notMatch((await outputOf([{ namespace: 'a', name: 'x' }], { given })).steps.join(), '/pods')
})
