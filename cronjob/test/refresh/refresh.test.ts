import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { type RefreshOptions, type RefreshWorld, refresh } from '../../src/refresh/refresh.ts'
import { apiServer, expired, fresh, nowMs, refreshOptions, renewed } from './api-server.ts'

const options: RefreshOptions = { ...refreshOptions, concurrency: 4 }
const world = { nowMs: () => nowMs, onTouched: () => {}, stoppedBy: () => undefined }

/** Due and other Secrets in two namespaces. */
function secrets() {
  return ['a', 'b'].flatMap(namespace => [
    { namespace, name: `due-${namespace}`, expiresAt: expired },
    { namespace, name: `new-${namespace}` },
    { namespace, name: `good-${namespace}`, expiresAt: fresh },
  ])
}

function refreshed(server: Pick<RefreshWorld, 'kubernetes'>, more: Partial<RefreshOptions> = {}, also: Partial<RefreshWorld> = {}) {
  return refresh({ ...world, kubernetes: server.kubernetes, ...also }, { ...options, ...more })
}

t.test('only due Secrets in enabled namespaces are touched', async t => {
  const server = apiServer(secrets())
  const run = await refreshed(server)
  t.strictSame(run.touched.map(({ secret, result }) => [secret.name, result]).sort(), [
    ['due-a', 'refreshed'],
    ['due-b', 'refreshed'],
    ['new-a', 'refreshed'],
    ['new-b', 'refreshed'],
  ])
  t.match(run, {
    plan: { checked: 6, due: 4, leave: [{ expiresAt: fresh }, { expiresAt: fresh }] },
    unlisted: [],
    outside: [],
    beingDeleted: 0,
    undone: 0,
    stoppedBy: undefined,
  })
  t.equal((await refreshed(server)).touched.length, 0, 'the next run has nothing to do')
})

t.test('a run lists the managed Secrets and then the enabled namespaces, only their metadata and in pages of 500', async t => {
  const server = apiServer([{ namespace: 'a', name: 'x', expiresAt: fresh }])
  await refreshed(server)
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
  t.strictSame(server.requests, [
    { method: 'GET', path: '/api/v1/secrets?labelSelector=ecr-anywhere.centml.ai%2Fmanaged%3Dtrue&limit=500', accept },
    { method: 'GET', path: '/api/v1/namespaces?labelSelector=ecr-anywhere.centml.ai%2Fnamespace&limit=500', accept },
  ])
})

t.test('all pages are read', async t => {
  const many = Array.from({ length: 25 }, (_, at) => ({ namespace: 'a', name: `s${at}`, expiresAt: expired }))
  const run = await refreshed(apiServer(many, { pageSize: 10 }))
  t.equal(new Set(run.touched.map(({ secret }) => secret.name)).size, 25)
})

t.test('if namespaces are given, namespaces are not listed', async t => {
  const server = apiServer(secrets())
  const run = await refreshed(server, { namespaces: ['b'] })
  t.strictSame(
    run.touched.map(({ secret }) => secret.namespace),
    ['b', 'b'],
  )
  t.notOk(server.requests.some(({ path }) => path.startsWith('/api/v1/namespaces?')))
})

t.test('a dry run makes a plan and touches nothing', async t => {
  const server = apiServer(secrets())
  const run = await refreshed(server, { dryRun: true })
  t.strictSame([run.plan.touch.length, run.touched, run.undone, server.touches()], [4, [], 0, []])
})

t.test('with force, Secrets that are not due are also touched', async t => {
  t.equal((await refreshed(apiServer(secrets()), { force: true })).touched.length, 6)
})

t.test('one failing Secret or namespace does not stop the others', async t => {
  const served = secrets()
  for (const secret of served)
    if (secret.name === 'due-a') Object.assign(secret, { onTouch: () => ({ status: 500, body: { message: 'no' } }) })
  const broken = [...served, { namespace: 'broken', name: 'x' }]
  const onList = ({ path }: { path: string }) => (path.includes('/broken/') ? { status: 403, body: { message: 'forbidden' } } : undefined)
  const run = await refreshed(apiServer(broken, { onList }), { namespaces: ['a', 'broken', 'b'] })
  t.match(run.unlisted, [{ namespace: 'broken', cause: /HTTP 403 on listing .*broken.*: forbidden/ }])
  t.strictSame(run.touched.map(({ result }) => result).sort(), ['failed', 'refreshed', 'refreshed', 'refreshed'])
})

t.test('if the list of the cluster fails, the Secrets listed so far are renewed, and the run reports an incomplete list', async t => {
  const many = Array.from({ length: 25 }, (_, at) => ({ namespace: 'a', name: `s${at}`, expiresAt: expired }))
  const onList = ({ path }: { path: string }) => (path.includes('continue=20') ? { status: 500, body: { message: 'no' } } : undefined)
  const run = await refreshed(apiServer(many, { pageSize: 10, onList }))
  t.equal(run.touched.length, 20)
  t.match(run.unlisted, [{ namespace: '*', cause: /HTTP 500 on listing \/api\/v1\/secrets: no/ }])
})

t.test('the run ends if namespaces cannot be listed', async t => {
  const onList = ({ path }: { path: string }) =>
    path.startsWith('/api/v1/namespaces') ? { status: 403, body: { message: 'forbidden', reason: 'Forbidden' } } : undefined
  await t.rejects(refreshed(apiServer([], { onList })), { kind: 'transient', code: 'Forbidden', message: /HTTP 403 on listing.*RBAC/ })
})

t.test('a Secret that is being deleted is counted, and neither planned nor failed', async t => {
  const held = { namespace: 'a', name: 'held', expiresAt: expired, isBeingDeleted: true }
  for (const more of [{}, { force: true }, { namespaces: ['a'] }]) {
    const server = apiServer([held, { namespace: 'a', name: 'x', expiresAt: fresh }])
    t.match(await refreshed(server, more), { plan: { checked: 1, due: 0 }, beingDeleted: 1, undone: 0, unlisted: [] })
    t.notOk(server.touches().some(({ path }) => path.includes('held')))
  }
})

t.test('managed Secrets in namespaces that are not enabled are reported by expiry and not touched', async t => {
  const served = [...secrets(), { namespace: 'c', name: 'later', expiresAt: fresh }, { namespace: 'c', name: 'sooner', expiresAt: expired }]
  const server = apiServer(served, { notEnabled: ['c'] })
  const run = await refreshed(server)
  t.match(run, { plan: { checked: 6, due: 4 }, outside: [{ namespace: 'c', name: 'sooner' }, { name: 'later' }] })
  t.equal(run.touched.length, 4)
  t.notOk(server.touches().some(({ path }) => path.includes('/c/')))
})

t.test('managed Secrets in a namespace that is being deleted are not reported', async t => {
  for (const notEnabled of [['c'], []]) {
    const server = apiServer([{ namespace: 'c', name: 'x', expiresAt: expired }], { notEnabled, terminating: ['c'] })
    t.match(await refreshed(server), { plan: { checked: 0 }, outside: [], touched: [] })
  }
})

t.test('a namespace that is created or deleted while Secrets are listed is not reported as not enabled', async t => {
  for (const enabledAtLast of [true, false]) {
    let lists = 0
    const onList = ({ path }: { path: string }) => {
      if (!path.startsWith('/api/v1/namespaces')) return undefined
      lists += 1
      return enabledAtLast ? undefined : { body: { items: [] } }
    }
    const run = await refreshed(apiServer([{ namespace: 'new', name: 'x', expiresAt: fresh }], { onList }))
    t.strictSame([run.plan.checked, run.outside, lists], [enabledAtLast ? 1 : 0, [], enabledAtLast ? 1 : 2])
  }
})

t.test('a namespace of --namespace must exist and be enabled', async t => {
  const server = () => apiServer(secrets(), { notEnabled: ['b'] })
  t.equal((await refreshed(server(), { namespace: 'a', namespaces: ['b'] })).plan.checked, 3)
  await t.rejects(refreshed(server(), { namespace: 'b' }), {
    kind: 'settings',
    message: /^found namespace b without the label .*\/namespace; wanted an enabled namespace\. Run kubectl label namespace b .*=enabled/,
  })
  await t.rejects(refreshed(server(), { namespace: 'nowhere' }), { kind: 'settings', message: /^found no namespace nowhere; wanted/ })
})

t.test('--namespace works without the right to list namespaces, and another error of the API server ends the run', async t => {
  const named = (reason: string, status: number) => {
    const onList = ({ path }: { path: string }) => (path.includes('fieldSelector') ? { status, body: { reason } } : undefined)
    return refreshed(apiServer(secrets(), { onList }), { namespace: 'b' })
  }
  t.equal((await named('Forbidden', 403)).touched.length, 2)
  await t.rejects(named('InternalError', 500), { kind: 'transient', code: 'InternalError' })
})

t.test('as many touches as allowed are in flight, and no more', async t => {
  const many = Array.from({ length: 100 }, (_, at) => ({ namespace: 'a', name: `s${at}` }))
  const server = apiServer(many)
  await refreshed(server, { concurrency: 7 })
  t.equal(server.mostInFlight(), 7)
  t.equal(server.touches().length, 100)
})

t.test('a stopped run finishes touches in flight and counts the others, which the next run does', async t => {
  const many = Array.from({ length: 20 }, (_, at) => ({ namespace: 'a', name: `s${at}` }))
  const server = apiServer(many)
  let done = 0
  const run = await refreshed(server, {}, { onTouched: () => done++, stoppedBy: () => (done >= 5 ? 'SIGTERM' : undefined) })
  t.equal(run.touched.length, server.touches().length)
  t.ok(run.touched.length < 20)
  t.equal(run.undone, 20 - run.touched.length)
  t.equal(run.stoppedBy, 'SIGTERM')
  t.ok(run.touched.every(({ result }) => result === 'refreshed'))
  t.equal((await refreshed(server)).touched.length, run.undone)
})

t.test('an abandoned touch is counted as not processed, and neither as failed nor as renewed', async t => {
  const abandoned = new Fault('transient', { code: 'ABORT_ERR', found: 'ABORT_ERR', wanted: 'an answer', todo: '' })
  const onTouch = () => Promise.reject(abandoned)
  const run = await refreshed(apiServer([{ namespace: 'a', name: 'x', onTouch }]))
  t.match(run, { touched: [], undone: 1 })
})

t.test('a run that is stopped before the list is complete touches nothing and says so, whatever else failed', async t => {
  const many = Array.from({ length: 30 }, (_, at) => ({ namespace: 'a', name: `s${at}` }))
  const stopped = { kind: 'transient', message: /^found SIGTERM before all Secrets were listed; .* No Secret was touched/ }
  for (const namespaces of [undefined, ['a']]) {
    for (const instead of [undefined, { status: 503 }]) {
      let lists = 0
      const server = apiServer(many, { pageSize: 10, onList: () => (++lists === 2 ? instead : undefined) })
      await t.rejects(refreshed(server, { namespaces }, { stoppedBy: () => (lists > 1 ? 'SIGTERM' : undefined) }), stopped)
      t.strictSame([lists, server.touches()], [2, []], 'no further page is listed')
    }
  }
})

t.test('progress is reported until the end of the plan', async t => {
  const seen: [number, number][] = []
  await refreshed(apiServer(secrets()), {}, { onTouched: (_, done, plan) => seen.push([done, plan.touch.length]) })
  t.strictSame(
    seen,
    [1, 2, 3, 4].map(done => [done, 4]),
  )
})

t.test('a Secret that is deleted during the run has the result gone', async t => {
  const run = await refreshed(apiServer([{ namespace: 'a', name: 'x', onTouch: () => ({ status: 404 }) }]))
  t.match(run.touched, [{ result: 'gone' }])
})

t.test('the report contains the expiry that the webhook wrote', async t => {
  t.match((await refreshed(apiServer([{ namespace: 'a', name: 'x' }]))).touched, [{ expiresAt: renewed }])
})
