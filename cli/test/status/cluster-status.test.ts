import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { parse } from 'yaml'
import { type Cluster, clusterOf } from '../../src/cluster/cluster.ts'
import { clusterStatus, type StatusOptions } from '../../src/status/cluster-status.ts'
import { readStatusSettings } from '../../src/status/settings.ts'
import { statusDocument } from '../../src/status/status-document.ts'
import { documentText } from '../../src/terminal/document.ts'

const nowMs = Date.parse('2026-12-01T12:00:00Z')
const options: StatusOptions = { namespace: undefined, selector: undefined, withUsage: true, releaseNamespace: undefined, nowMs }

const secret = (namespace: string, expiresAt: string) => ({
  metadata: {
    namespace,
    name: 'pull',
    annotations: { [annotations.expiresAt]: expiresAt, [annotations.updatedAt]: '2026-12-01T04:00:00Z' },
  },
})
const cronJob = (name: string, more: object = {}, env: object[] = []) => ({
  metadata: { namespace: 'ecr', name: `ecr-anywhere-${name}`, uid: name, creationTimestamp: '2026-12-01T00:00:00Z' },
  spec: { schedule: '*/15 * * * *', jobTemplate: { spec: { template: { spec: { containers: [{ name, env }] } } } }, ...more },
  status: { lastSuccessfulTime: '2026-12-01T11:00:00Z' },
})
const job = (name: string, owner: string, at: string, type?: 'Complete' | 'Failed') => ({
  metadata: { namespace: 'ecr', name, uid: name, creationTimestamp: at, ownerReferences: [{ uid: owner }] },
  status: { startTime: at, conditions: type === undefined ? null : [{ type, status: 'True', message: 'limit reached' }] },
})
const pod = (owner: string, exitCode: number, message: string) => ({
  metadata: { namespace: 'ecr', name: 'a', creationTimestamp: '2026-12-01T11:46:00Z', ownerReferences: [{ uid: owner }] },
  spec: { imagePullSecrets: [{ name: 'pull' }] },
  status: { containerStatuses: [{ state: { terminated: { exitCode, message } } }] },
})

/** What the lists of an API server contain, by the end of their paths; what is absent is refused. */
type Lists = Record<string, object[]>
const lists: Lists = {
  '/api/v1/secrets': [secret('shop', '2026-12-01T21:00:00Z'), secret('other', '2026-12-01T16:00:00Z')],
  '/api/v1/namespaces': [{ metadata: { name: 'shop', labels: { [labels.namespace]: 'enabled' } } }],
  '/api/v1/pods': [{ metadata: { namespace: 'shop', name: 'web' }, spec: { imagePullSecrets: [{ name: 'pull' }] } }],
  '/api/v1/serviceaccounts': [],
  '/apis/batch/v1/cronjobs': [cronJob('refresh', {}, [{ name: 'REFRESH_BEFORE', value: '3h' }]), cronJob('certs', { suspend: true })],
  '/apis/batch/v1/namespaces/ecr/jobs': [
    job('old', 'refresh', '2026-12-01T11:30:00Z', 'Complete'),
    job('new', 'refresh', '2026-12-01T11:45:00Z', 'Failed'),
    job('certs-1', 'certs', '2026-12-01T11:50:00Z'),
  ],
  '/api/v1/namespaces/ecr/pods': [pod('new', 0, 'fine'), pod('new', 1, 'starting\nrefresh failed: no'), pod('other', 1, 'x')],
}

function clusterWith(found: Lists): Cluster {
  const request: Cluster['request'] = async ({ path }) => {
    const items = found[path.split('?')[0] ?? '']
    const answer = { warnings: [], retryAfterSeconds: undefined }
    return items === undefined
      ? { ...answer, status: 403, body: { reason: 'Forbidden', message: 'no' } }
      : { ...answer, status: 200, body: { items } }
  }
  return clusterOf({ context: 'a', namespace: 'shop', server: 'b', request })
}

t.test('Secrets have the tenant of their namespace, their users, and the state by the setting of the refresher', async t => {
  const { secrets, cannotTell } = await clusterStatus(clusterWith(lists), options)
  t.match(secrets, [
    { namespace: 'shop', tenant: 'default', state: 'Fresh', usedBy: { pods: ['web'] } },
    { namespace: 'other', tenant: null, state: 'Fresh', usedBy: { pods: [] } },
  ])
  t.strictSame(cannotTell, [])
  const { '/apis/batch/v1/cronjobs': _, ...others } = lists
  const without = await clusterStatus(clusterWith({ ...others, '/apis/batch/v1/namespaces/ecr-anywhere/cronjobs': [] }), options)
  t.match(without.secrets, [{ state: 'Fresh' }, { state: 'Due' }], 'by default, a Secret is due 6 h before it expires')
  t.match(without.notes, [/^No CronJob of ECR Anywhere was found/])
})

t.test('the last runs have the last line of a pod that failed, and a suspended CronJob has a note', async t => {
  const { runs, notes } = await clusterStatus(clusterWith(lists), options)
  t.match(runs, [
    {
      name: 'refresh',
      result: 'failed',
      cause: 'refresh failed: no',
      startedAt: '2026-12-01T11:45:00Z',
      lastSuccessAt: '2026-12-01T11:00:00Z',
    },
    { name: 'certs', result: 'running', suspended: true },
  ])
  t.match(notes, [/^The CronJob ecr-anywhere-certs is suspended/])
  const jobs = (...all: object[]) =>
    clusterStatus(clusterWith({ ...lists, '/apis/batch/v1/namespaces/ecr/jobs': all, '/api/v1/namespaces/ecr/pods': [] }), options)
  t.match((await jobs(job('new', 'refresh', '2026-12-01T11:45:00Z', 'Failed'))).runs, [{ result: 'failed', cause: 'limit reached' }])
  t.match((await jobs(job('new', 'refresh', '2026-12-01T11:45:00Z', 'Complete'))).runs, [{ result: 'succeeded' }])
  t.match((await jobs()).runs, [{ result: 'none' }])
  t.match((await clusterStatus(clusterWith({ ...lists, '/apis/batch/v1/cronjobs': [cronJob('certs')] }), options)).notes, [
    /ecr-anywhere-refresh was not found/,
  ])
})

t.test('each part that the user may not read is left out, with the right that is missing', async t => {
  const { secrets, runs, cannotTell } = await clusterStatus(clusterWith({ '/api/v1/secrets': lists['/api/v1/secrets'] ?? [] }), options)
  t.equal(secrets.length, 2)
  t.equal(runs, undefined)
  t.notOk(secrets.some(one => 'usedBy' in one || 'tenant' in one))
  t.match(
    cannotTell.map(({ needs }) => needs),
    ['list pods and serviceaccounts in all namespaces', 'list namespaces', 'list cronjobs.batch in all namespaces'],
  )
  const { '/apis/batch/v1/namespaces/ecr/jobs': _, ...withoutJobs } = lists
  t.match((await clusterStatus(clusterWith(withoutJobs), options)).cannotTell, [{ needs: 'list jobs.batch and pods in namespace ecr' }])
  await t.rejects(clusterStatus(clusterWith({}), { ...options, withUsage: false }), /HTTP 403 on listing/, 'Secrets are what it is about')
})

t.test('a namespace is looked up by its name', async t => {
  const own = { '/api/v1/namespaces/shop/secrets': [secret('shop', '2026-12-01T21:00:00Z')], '/apis/batch/v1/cronjobs': [] }
  const cluster = clusterWith(own)
  const inShop = { ...options, namespace: 'shop', withUsage: false, selector: 'a=b' }
  const get: Cluster['get'] = async (_key, schema) => schema.parse({ metadata: { name: 'shop', labels: { [labels.namespace]: 'team-a' } } })
  t.match((await clusterStatus({ ...cluster, get }, inShop)).secrets, [{ tenant: 'team-a' }])
  await t.rejects(
    clusterStatus({ ...cluster, get: async () => undefined }, inShop),
    /found no namespace shop; wanted a namespace of this cluster/,
  )
})

t.test('the document has the Secrets, the summaries, and each cluster', async t => {
  const found = await clusterStatus(clusterWith(lists), options)
  const document = statusDocument([found, { context: 'gone', error: 'found nothing' }], { exitCode: 1 })
  for (const format of ['json', 'yaml'] as const) {
    const read = parse(documentText(format, document))
    t.match(read, {
      ok: false,
      namespaces: [{ namespace: 'other' }, { namespace: 'shop' }],
      clusters: [{ context: 'a' }, { context: 'gone', error: 'found nothing' }],
    })
    t.equal(read.secrets.length, 2)
  }
  t.match(statusDocument([{ context: 'a', secrets: [], cannotTell: [], notes: [] }], { exitCode: 0 }).clusters, [{ runs: null }])
})

t.test('the command line is read', async t => {
  t.match(readStatusSettings({}), { namespace: 'context', withUsage: true, contexts: [], output: 'table', watch: false })
  t.match(readStatusSettings({ allNamespaces: true, usage: false, context: ['a', 'b', 'a'], output: 'wide', selector: 'x=y' }), {
    withUsage: false,
    contexts: ['a', 'b'],
    output: 'wide',
    selector: 'x=y',
  })
  t.match(readStatusSettings({ namespace: 'shop' }), { namespace: { name: 'shop' } })
  t.throws(() => readStatusSettings({ allNamespaces: true, namespace: 'a', watch: true, output: 'json' }), /2 faulty options/)
})
