import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { type RefreshOptions, type RefreshWorld, refresh } from '../../src/refresh/refresh.ts'
import { apiServer, expired, fresh, hours, nowMs, renewed } from './api-server.ts'

const options: RefreshOptions = {
  refreshBeforeMs: 6 * hours,
  concurrency: 4,
  force: false,
  dryRun: false,
  namespaces: undefined,
  namespace: undefined,
}
const world = { nowMs: () => nowMs, onTouched: () => {}, stoppedBy: () => undefined }

/** Some due, some not, in two namespaces. */
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

t.test('what is due in enabled namespaces is touched, and nothing else', async t => {
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
  t.equal((await refreshed(server)).touched.length, 0, 'and the next run has nothing to do')
})

t.test('one list asks for the managed Secrets of the cluster, then one for enabled namespaces, metadata only, 500 a page', async t => {
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

t.test('with names of namespaces, namespaces are not listed', async t => {
  const server = apiServer(secrets())
  const run = await refreshed(server, { namespaces: ['b'] })
  t.strictSame(
    run.touched.map(({ secret }) => secret.namespace),
    ['b', 'b'],
  )
  t.notOk(server.requests.some(({ path }) => path.startsWith('/api/v1/namespaces?')))
})

t.test('a dry run plans and touches nothing', async t => {
  const server = apiServer(secrets())
  const run = await refreshed(server, { dryRun: true })
  t.strictSame([run.plan.touch.length, run.touched, run.undone, server.touches()], [4, [], 0, []])
})

t.test('with force what is not due is touched, too', async t => {
  t.equal((await refreshed(apiServer(secrets()), { force: true })).touched.length, 6)
})

t.test('one failing Secret or namespace never stops the others', async t => {
  const served = secrets()
  for (const secret of served)
    if (secret.name === 'due-a') Object.assign(secret, { onTouch: () => ({ status: 500, body: { message: 'no' } }) })
  const broken = [...served, { namespace: 'broken', name: 'x' }]
  const onList = ({ path }: { path: string }) => (path.includes('/broken/') ? { status: 403, body: { message: 'forbidden' } } : undefined)
  const run = await refreshed(apiServer(broken, { onList }), { namespaces: ['a', 'broken', 'b'] })
  t.match(run.unlisted, [{ namespace: 'broken', cause: /HTTP 403 on listing .*broken.*: forbidden/ }])
  t.strictSame(run.touched.map(({ result }) => result).sort(), ['failed', 'refreshed', 'refreshed', 'refreshed'])
})

t.test('a list of the cluster that breaks off: what it gave is renewed, and the run knows that there is more', async t => {
  const many = Array.from({ length: 25 }, (_, at) => ({ namespace: 'a', name: `s${at}`, expiresAt: expired }))
  const onList = ({ path }: { path: string }) => (path.includes('continue=20') ? { status: 500, body: { message: 'no' } } : undefined)
  const run = await refreshed(apiServer(many, { pageSize: 10, onList }))
  t.equal(run.touched.length, 20)
  t.match(run.unlisted, [{ namespace: '*', cause: /HTTP 500 on listing \/api\/v1\/secrets: no/ }])
})

t.test('namespaces that cannot be listed at all end the run', async t => {
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

t.test('managed Secrets in namespaces that are not enabled are not touched, and named, those that expire first first', async t => {
  const served = [...secrets(), { namespace: 'c', name: 'later', expiresAt: fresh }, { namespace: 'c', name: 'sooner', expiresAt: expired }]
  const server = apiServer(served, { notEnabled: ['c'] })
  const run = await refreshed(server)
  t.match(run, { plan: { checked: 6, due: 4 }, outside: [{ namespace: 'c', name: 'sooner' }, { name: 'later' }] })
  t.equal(run.touched.length, 4)
  t.notOk(server.touches().some(({ path }) => path.includes('/c/')))
})

t.test('a namespace that is being deleted is no cause for a report', async t => {
  for (const notEnabled of [['c'], []]) {
    const server = apiServer([{ namespace: 'c', name: 'x', expiresAt: expired }], { notEnabled, terminating: ['c'] })
    t.match(await refreshed(server), { plan: { checked: 0 }, outside: [], touched: [] })
  }
})

t.test('a namespace that appears, or goes, while Secrets are listed is not reported as not enabled', async t => {
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

t.test('a namespace that was named by hand must be there and enabled', async t => {
  const server = () => apiServer(secrets(), { notEnabled: ['b'] })
  t.equal((await refreshed(server(), { namespace: 'a', namespaces: ['b'] })).plan.checked, 3)
  await t.rejects(refreshed(server(), { namespace: 'b' }), {
    kind: 'settings',
    message: /^found namespace b without the label .*\/namespace; wanted an enabled namespace\. Run kubectl label namespace b .*=enabled/,
  })
  await t.rejects(refreshed(server(), { namespace: 'nowhere' }), { kind: 'settings', message: /^found no namespace nowhere; wanted/ })
})

t.test('whoever may not list namespaces may still name one; another fault of the API server ends the run', async t => {
  const named = (reason: string, status: number) => {
    const onList = ({ path }: { path: string }) => (path.includes('fieldSelector') ? { status, body: { reason } } : undefined)
    return refreshed(apiServer(secrets(), { onList }), { namespace: 'b' })
  }
  t.equal((await named('Forbidden', 403)).touched.length, 2)
  await t.rejects(named('InternalError', 500), { kind: 'transient', code: 'InternalError' })
})

t.test('touches in flight are bounded, and as many as may be', async t => {
  const many = Array.from({ length: 100 }, (_, at) => ({ namespace: 'a', name: `s${at}` }))
  const server = apiServer(many)
  await refreshed(server, { concurrency: 7 })
  t.equal(server.mostInFlight(), 7)
  t.equal(server.touches().length, 100)
})

t.test('when it is stopped, it finishes what is in flight and counts what is undone; the next run does it', async t => {
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

t.test('a touch that was abandoned is undone, and neither failed nor renewed', async t => {
  const abandoned = new Fault('transient', { code: 'ABORT_ERR', found: 'ABORT_ERR', wanted: 'an answer', todo: '' })
  const onTouch = () => Promise.reject(abandoned)
  const run = await refreshed(apiServer([{ namespace: 'a', name: 'x', onTouch }]))
  t.match(run, { touched: [], undone: 1 })
})

t.test('when it is stopped before all is listed, nothing is touched and the fault says so, whatever else went wrong', async t => {
  const many = Array.from({ length: 30 }, (_, at) => ({ namespace: 'a', name: `s${at}` }))
  const stopped = { kind: 'transient', message: /^found SIGTERM before all Secrets were listed; .* No Secret was touched/ }
  for (const namespaces of [undefined, ['a']]) {
    for (const instead of [undefined, { status: 503 }]) {
      let lists = 0
      const server = apiServer(many, { pageSize: 10, onList: () => (++lists === 2 ? instead : undefined) })
      await t.rejects(refreshed(server, { namespaces }, { stoppedBy: () => (lists > 1 ? 'SIGTERM' : undefined) }), stopped)
      t.strictSame([lists, server.touches()], [2, []], 'and no more is listed')
    }
  }
})

t.test('progress counts to the end of the plan', async t => {
  const seen: [number, number][] = []
  await refreshed(apiServer(secrets()), {}, { onTouched: (_, done, plan) => seen.push([done, plan.touch.length]) })
  t.strictSame(
    seen,
    [1, 2, 3, 4].map(done => [done, 4]),
  )
})

t.test('a Secret that is deleted while the run is under way is gone', async t => {
  const run = await refreshed(apiServer([{ namespace: 'a', name: 'x', onTouch: () => ({ status: 404 }) }]))
  t.match(run.touched, [{ result: 'gone' }])
})

t.test('what the webhook wrote is what is reported', async t => {
  t.match((await refreshed(apiServer([{ namespace: 'a', name: 'x' }]))).touched, [{ expiresAt: renewed }])
})
