import t from 'tap'
import { type RefreshOptions, type RefreshWorld, refresh } from '../../src/refresh/refresh.ts'
import { apiServer, expired, fresh, hours, nowMs, renewed } from './api-server.ts'

const options: RefreshOptions = { refreshBeforeMs: 6 * hours, concurrency: 4, force: false, dryRun: false, namespaces: undefined }
const world = { nowMs: () => nowMs, onTouched: () => {}, isStopping: () => false }

/** Some due, some not, in two namespaces. */
function secrets() {
  return ['a', 'b'].flatMap(namespace => [
    { namespace, name: `due-${namespace}`, expiresAt: expired },
    { namespace, name: `new-${namespace}` },
    { namespace, name: `good-${namespace}`, expiresAt: fresh },
  ])
}

function refreshed(server: Pick<RefreshWorld, 'send'>, more: Partial<RefreshOptions> = {}, also: Partial<RefreshWorld> = {}) {
  return refresh({ ...world, send: server.send, ...also }, { ...options, ...more })
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
  t.match(run, { plan: { checked: 6, due: 4, earliestExpiry: fresh }, unlisted: [], undone: 0 })
  t.equal((await refreshed(server)).touched.length, 0, 'and the next run has nothing to do')
})

t.test('lists ask for enabled namespaces and managed Secrets, metadata only, 500 a page', async t => {
  const server = apiServer([{ namespace: 'a', name: 'x', expiresAt: fresh }])
  await refreshed(server)
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
  t.strictSame(server.requests, [
    { method: 'GET', path: '/api/v1/namespaces?labelSelector=ecr-anywhere.centml.ai%2Fnamespace&limit=500', accept },
    { method: 'GET', path: '/api/v1/namespaces/a/secrets?labelSelector=ecr-anywhere.centml.ai%2Fmanaged%3Dtrue&limit=500', accept },
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
  const run = await refreshed(apiServer(broken, { onList }))
  t.match(run.unlisted, [{ namespace: 'broken', cause: /HTTP 403 on listing .*broken.*: forbidden/ }])
  t.strictSame(run.touched.map(({ result }) => result).sort(), ['failed', 'refreshed', 'refreshed', 'refreshed'])
})

t.test('namespaces that cannot be listed at all end the run', async t => {
  const onList = () => ({ status: 403, body: { message: 'forbidden', reason: 'Forbidden' } })
  await t.rejects(refreshed(apiServer([], { onList })), { kind: 'passing', code: 'Forbidden', message: /HTTP 403 on listing.*RBAC/ })
})

t.test('touches in flight are bounded, and as many as may be', async t => {
  const many = Array.from({ length: 100 }, (_, at) => ({ namespace: 'a', name: `s${at}` }))
  const server = apiServer(many)
  await refreshed(server, { concurrency: 7 })
  t.equal(server.mostInFlight(), 7)
  t.equal(server.touches().length, 100)
})

t.test('told to stop, it finishes what is in flight and tells what is undone; the next run does it', async t => {
  const many = Array.from({ length: 20 }, (_, at) => ({ namespace: 'a', name: `s${at}` }))
  const server = apiServer(many)
  let done = 0
  const run = await refreshed(server, {}, { onTouched: () => done++, isStopping: () => done >= 5 })
  t.equal(run.touched.length, server.touches().length)
  t.ok(run.touched.length < 20)
  t.equal(run.undone, 20 - run.touched.length)
  t.ok(run.touched.every(({ result }) => result === 'refreshed'))
  t.equal((await refreshed(server)).touched.length, run.undone)
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
