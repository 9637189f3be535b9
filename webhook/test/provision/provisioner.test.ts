import type { ObjectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import type { Attempt } from '../../src/provision/attempt.ts'
import { backlogConcurrency, concurrency, provisioner } from '../../src/provision/provisioner.ts'
import { drivenWorld, failed } from './driven.ts'

const minute = 60_000
const meta = (
  name: string,
  { uid = 'u1', secret, value = 'enabled' }: { uid?: string; secret?: string; value?: string } = {},
): ObjectMeta => ({
  name,
  namespace: '',
  uid,
  labels: { [labels.namespace]: value },
  annotations: secret === undefined ? {} : { [annotations.pullSecret]: secret },
  isBeingDeleted: false,
})

/** A provisioner after its first list, which was empty. */
function started(answer?: (namespace: string, secret: string) => Attempt | Promise<Attempt>) {
  const { provisioning, ...driven } = starting(answer)
  provisioning.listed(new Set())
  return { ...driven, provisioning }
}

/** A provisioner whose first list is not complete yet. */
function starting(answer?: (namespace: string, secret: string) => Attempt | Promise<Attempt>) {
  const driven = drivenWorld(answer)
  return { ...driven, provisioning: provisioner(driven.world) }
}

t.test('a namespace gets its Secret at once, with the name of its annotation or the default', async t => {
  const { provisioning, calls, settled } = starting()
  provisioning.found(meta('a'), 'changed')
  provisioning.found(meta('b', { secret: 'named' }), 'listed')
  t.strictSame(calls, ['a/ecr-pull'], 'the rest of the list must not wait for those that are listed')
  provisioning.listed(new Set(['a', 'b']))
  t.strictSame(calls, ['a/ecr-pull', 'b/named'])
  await settled()
  t.match(
    [...provisioning.namespaces()],
    [
      { name: 'a', state: 'ready' },
      { name: 'b', state: 'ready' },
    ],
  )
})

t.test('what is known causes no call: another list after an outage, and changes that decide nothing', async t => {
  const { provisioning, calls, move } = started()
  for (const how of ['listed', 'changed', 'listed'] as const) {
    provisioning.found({ ...meta('a'), annotations: { other: how } }, how)
    await move(minute)
  }
  t.strictSame(calls, ['a/ecr-pull'])
})

t.test('another annotation, another tenant or a namespace of the same name that is new gets a Secret', async t => {
  const { provisioning, calls, move } = started()
  for (const one of [
    meta('a'),
    meta('a', { secret: 'b' }),
    meta('a', { secret: 'b', value: 'team' }),
    meta('a', { secret: 'b', uid: 'u2' }),
  ]) {
    provisioning.found(one, 'changed')
    await move(minute)
  }
  t.strictSame(calls, ['a/ecr-pull', 'a/b', 'a/b', 'a/b'])
})

t.test('a namespace that is no longer found is forgotten, and so is one that asks for nothing any more', async t => {
  const { provisioning, calls, move } = started(() => failed('no'))
  for (const name of ['a', 'b', 'c']) provisioning.found(meta(name), 'changed')
  await move(1)
  provisioning.lost('a')
  provisioning.listed(new Set(['b']))
  provisioning.found({ ...meta('b'), isBeingDeleted: true }, 'changed')
  t.strictSame([...provisioning.namespaces()], [])
  await move(10 * minute)
  t.equal(calls.length, 3, 'there are no retries for them')
})

t.test('a failure is retried from 100 ms on, and not reported for 10 s', async t => {
  let tries = 0
  const { provisioning, calls, events, move } = started(() => (++tries < 4 ? failed('not known yet') : { result: 'created' }))
  provisioning.found(meta('a'), 'changed')
  for (let at = 0; at < 20; at += 1) await move(50)
  t.equal(calls.length, 4)
  t.strictSame(events, [])
  t.match([...provisioning.namespaces()], [{ state: 'ready', cause: undefined }])
})

t.test('a failure that lasts is reported once for each cause, and retried every few minutes', async t => {
  let cause = 'exceeded quota: used 1'
  const { provisioning, calls, events, move } = started(() => failed(cause))
  provisioning.found(meta('a'), 'changed')
  for (let at = 0; at < 60; at += 1) await move(minute)
  t.ok(calls.length >= 18 && calls.length < 32, `${calls.length} calls in an hour`)
  t.strictSame(events, ['a: exceeded quota: used 1'])
  cause = 'denied by a policy'
  for (let at = 0; at < 6; at += 1) await move(minute)
  t.strictSame(events, ['a: exceeded quota: used 1', 'a: denied by a policy'])
  t.match([...provisioning.namespaces()], [{ state: 'failing', cause }])
})

t.test('a label that is corrected after an hour of failures is served at once', async t => {
  const { provisioning, calls, move } = started(() => (calls.length < 15 ? failed('no tenant') : { result: 'created' }))
  provisioning.found(meta('a', { value: 'wrong' }), 'changed')
  while (calls.length < 14) await move(minute)
  await move(minute)
  provisioning.found(meta('a'), 'changed')
  t.equal(calls.length, 15)
})

t.test('an Event that could not be written is tried again with the next attempt', async t => {
  const driven = started(() => failed('no'))
  driven.world.report = async (_, text) => driven.events.push(text) > 1
  driven.provisioning.found(meta('a'), 'changed')
  for (let at = 0; at < 20; at += 1) await driven.move(minute)
  t.strictSame(driven.events, ['no', 'no'])
})

t.test('a name that is not valid is reported at once, again every hour while it lasts, and causes no call', async t => {
  const { provisioning, calls, events, move } = started()
  const found = /^a: found the annotation .*pull-secret="Not A Name" on the namespace; wanted the name of a Secret/
  provisioning.found(meta('a', { secret: 'Not A Name' }), 'changed')
  await move(0)
  t.match(events, [found])
  for (let at = 0; at < 59; at += 1) await move(minute)
  t.equal(events.length, 1)
  for (let at = 0; at < 10; at += 1) await move(minute)
  t.match(events, [found, found], 'the API server deletes an Event after an hour')
  t.match([...provisioning.namespaces()], [{ state: 'failing', cause: /wanted the name of a Secret/ }])
  provisioning.found(meta('a'), 'changed')
  await move(0)
  t.strictSame(calls, ['a/ecr-pull'], 'a corrected one is served at once')
})

t.test('the Event about a name that is not valid is tried again if it could not be written', async t => {
  const driven = started()
  driven.world.report = async (_, text) => driven.events.push(text) > 1
  driven.provisioning.found(meta('a', { secret: 'Not A Name' }), 'changed')
  for (let at = 0; at < 20; at += 1) await driven.move(minute)
  t.equal(driven.events.length, 2)
})

t.test('little is kept of an annotation of any length', async t => {
  const { provisioning, move } = started()
  provisioning.found(meta('a', { secret: '/'.repeat(250_000) }), 'changed')
  await move(0)
  t.ok(JSON.stringify([...provisioning.namespaces()]).length < 2_000)
})

t.test('a namespace that is being deleted is forgotten', async t => {
  const { provisioning, calls, move } = started(() => ({ result: 'gone' }))
  provisioning.found(meta('a'), 'changed')
  await move(minute)
  t.strictSame([[...provisioning.namespaces()], calls.length], [[], 1])
})

t.test('Retry-After of the API server is respected', async t => {
  const { provisioning, calls, move } = started(() => ({ ...failed('busy'), retryAfterMs: 5_000 }))
  provisioning.found(meta('a'), 'changed')
  await move(4_900)
  t.equal(calls.length, 1)
  await move(200)
  t.equal(calls.length, 2)
})

t.test('1,000 namespaces whose label is set and removed every second for ten minutes cause a few calls each', async t => {
  const { provisioning, calls, move } = started()
  const names = Array.from({ length: 1_000 }, (_, at) => `n${at}`)
  for (let second = 0; second < 600; second += 2) {
    for (const name of names) provisioning.found(meta(name), 'changed')
    await move(1_000)
    for (const name of names) provisioning.lost(name)
    await move(1_000)
  }
  t.comment(`${calls.length} calls for 600,000 changes`)
  t.ok(calls.length >= 1_000 && calls.length <= 20_000)
})

t.test('at most 16 requests are in flight, of which 8 are for namespaces that existed before', async t => {
  const answer = Promise.withResolvers<Attempt>()
  const { provisioning, calls, move } = starting(() => answer.promise)
  const old = Array.from({ length: 100 }, (_, at) => `old${at}`)
  for (const name of old) provisioning.found(meta(name), 'listed')
  t.equal(calls.length, 0)
  provisioning.listed(new Set(old))
  t.equal(calls.length, backlogConcurrency)
  for (let at = 0; at < 100; at += 1) provisioning.found(meta(`new${at}`), 'changed')
  t.equal(calls.length, concurrency)
  t.equal(calls.filter(name => name.startsWith('old')).length, backlogConcurrency)
  answer.resolve({ result: 'created' })
  await move(0)
  t.equal(calls.length, 200)
})

t.test('a namespace that is lost during its attempt is not retried', async t => {
  const answer = Promise.withResolvers<Attempt>()
  const { provisioning, calls, move } = started(() => answer.promise)
  provisioning.found(meta('a'), 'changed')
  provisioning.lost('a')
  answer.resolve(failed('no'))
  await move(minute)
  t.strictSame([calls.length, [...provisioning.namespaces()]], [1, []])
})

t.test('it stops when the requests in flight are done, and starts no others', async t => {
  const answer = Promise.withResolvers<Attempt>()
  const { provisioning, calls, move } = started(() => answer.promise)
  for (let at = 0; at < 100; at += 1) provisioning.found(meta(`n${at}`), 'changed')
  let isStopped = false
  const stopped = provisioning.stop().then(() => {
    isStopped = true
  })
  await move(0)
  t.notOk(isStopped)
  answer.resolve(failed('no'))
  await stopped
  await move(minute)
  t.equal(calls.length, concurrency)
})
