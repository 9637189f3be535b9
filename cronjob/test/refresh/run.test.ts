import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import t from 'tap'
import type { ExpiryOptions } from '../../src/refresh/expiry-config-map.ts'
import { run } from '../../src/refresh/run.ts'
import { apiServer, expired, hours, nowMs, type ServedSecret, type ServerOptions } from './api-server.ts'

const options = {
  refreshBeforeMs: 6 * hours,
  concurrency: 2,
  force: false,
  dryRun: false,
  namespaces: undefined,
  namespace: undefined,
  output: 'text',
} as const
const failing = { namespace: 'a', name: 'bad', expiresAt: expired, onTouch: () => ({ status: 422, body: { message: 'no' } }) }

/** Everything that a run outputs, in order. */
async function outputOf(
  secrets: ServedSecret[],
  { eventStatus = 201, expiryConfigMaps, ...server }: ServerOptions & { eventStatus?: number } & Partial<ExpiryOptions> = {},
) {
  const steps: string[] = []
  const { kubernetes: api } = apiServer(secrets, server)
  const log = (fields: object, text: string) => void steps.push(`${text} ${JSON.stringify(fields)}`)
  const request = async ({ path }: { path: string }) => {
    steps.push(path)
    return { status: eventStatus, body: undefined, warnings: [], retryAfterSeconds: undefined }
  }
  const exitCode = await run(
    { ...options, expiryConfigMaps },
    {
      kubernetes: api,
      eventsKubernetes: () => kubernetes({ request }),
      limits: { stoppedBy: () => undefined, startEvents: () => new AbortController().signal },
      nowMs: () => nowMs,
      progress: { update: (done, total) => steps.push(`${done}/${total}`), clear: () => steps.push('clear') },
      log: { error: log, warn: log },
      print: text => void steps.push(text),
    },
  )
  return { steps, exitCode }
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

t.test('if a ConfigMap with an expiry cannot be written, the run fails, and the last line contains both causes', async t => {
  const expiryConfigMaps = [{ namespace: 'a', name: 'x' }]
  const { steps, exitCode } = await outputOf([{ namespace: 'a', name: 'x' }], { eventStatus: 403, expiryConfigMaps })
  t.match(steps.at(-1), /^refresh failed: the ConfigMap a\/x was not written: found HTTP 403 /)
  t.equal(exitCode, 1)
  const both = await outputOf([failing], { eventStatus: 403, expiryConfigMaps })
  t.match(
    both.steps.at(-1),
    /^refresh failed: the ConfigMap a\/x was not written: .*; refresh failed: 1 Secret was not renewed; a\/bad: no /,
  )
})
