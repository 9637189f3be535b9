import t, { type Test } from 'tap'
import type { Attachment } from '../../src/attach/attach.ts'
import { maxPodBytes, maxPodBytesPerSecond } from '../../src/http/attach.ts'
import type { ServerOptions } from '../../src/http/server.ts'
import { review, uid } from '../admission/world.ts'
import { fromEcr, pod, secretName } from '../attach/pods.ts'
import { madeMetrics, samples } from './made-metrics.ts'
import { server } from './serving.ts'

const url = '/attach/default?timeout=1s'
const body = review({ object: pod({ containers: [fromEcr] }) })

/** @returns also what was reported about each answer */
function attaching(t: Test, options: Partial<ServerOptions> = {}) {
  const attachments: [tenant: string, Attachment][] = []
  const attach = { secretName, onAttachment: (tenant: string, one: Attachment) => void attachments.push([tenant, one]) }
  return { ...server(t, { attach, ...options }), attachments }
}

t.test('POST /attach/:tenant answers a review of a Pod, without a ticket', async t => {
  const { post, attachments, admissions } = attaching(t, { screen: () => t.fail('asked for a ticket') as never })
  const answer = await post(body, { url })
  t.equal(answer.statusCode, 200)
  t.match(answer.json(), { response: { uid, allowed: true, patchType: 'JSONPatch' } })
  t.equal(answer.headers.connection, 'keep-alive', 'the connection of an API server stays open')
  t.match(attachments, [['default', { result: 'attached' }]])
  t.strictSame(admissions, [], 'it is no admission of a Secret')
})

t.test('the answer contains the name of the Secret and nothing of the Pod', async t => {
  const { post, logged } = attaching(t)
  const secret = pod({ containers: [{ ...fromEcr, env: [{ name: 'PASSWORD', value: 'hunter2' }] }] })
  const answer = await post(review({ object: secret }), { url })
  t.strictSame(JSON.parse(Buffer.from(answer.json().response.patch, 'base64').toString()), [
    { op: 'add', path: '/spec/imagePullSecrets', value: [{ name: secretName }] },
  ])
  t.notMatch(answer.body + logged(), 'hunter2')
})

t.test('a webhook that has no Secret to attach does not have the route', async t => {
  const { post } = server(t)
  t.equal((await post(body, { url })).statusCode, 404)
  t.equal((await attaching(t).app.inject({ method: 'GET', url })).statusCode, 405)
})

t.test('while it drains, the connection is closed after the answer', async t => {
  const { post } = attaching(t, { isDraining: () => true })
  t.equal((await post(body, { url })).headers.connection, 'close')
})

t.test('what is no review gets a 400 that does not quote it', async t => {
  const { post, logged } = attaching(t)
  for (const text of ['', '{', 'null', '{"a":"hunter2', '[]']) {
    const answer = await post(text, { url })
    t.strictSame([answer.statusCode, answer.headers.connection], [400, 'close'], text)
    t.notMatch(answer.body + logged(), 'hunter2')
  }
})

t.test('a review that would take much memory is not parsed', async t => {
  const { post, attachments } = attaching(t)
  const answer = await post(`[${'{},'.repeat(Math.ceil(maxPodBytes / 160))}1]`, { url })
  t.equal(answer.statusCode, 413)
  t.match(answer.json().message, /more values than any usual Pod has; wanted .+ Name the Secret in the Pod itself/)
  t.strictSame(attachments, [])
})

t.test('a Pod with a thousand containers is not too large', async t => {
  const env = Array.from({ length: 5 }, (_, at) => ({ name: `VARIABLE_${at}`, value: 'value' }))
  const containers = Array.from({ length: 1_000 }, (_, at) => ({
    ...fromEcr,
    name: `c${at}`,
    env,
    resources: { limits: { memory: '1Gi' } },
  }))
  t.match((await attaching(t).post(review({ object: pod({ containers }) }), { url })).json(), { response: { patchType: 'JSONPatch' } })
})

t.test('above the rate, reviews of Pods get a 503, and reviews of Secrets are answered', async t => {
  let nowMs = 0
  const { post, attachments, admissions } = attaching(t, { nowMs: () => nowMs })
  const large = { ...body, filling: 'x'.repeat(7 * 1024 * 1024) }
  const codes = [large, large, large].map(one => post(one, { url }))
  t.strictSame((await Promise.all(codes)).map(({ statusCode }) => statusCode).sort(), [200, 200, 503])
  t.equal((await post({ ...body, filling: 'x'.repeat(2 * 1024 * 1024) }, { url })).statusCode, 503)
  t.equal((await post(review({ object: { apiVersion: 'v1', kind: 'Secret', metadata: {} } }))).statusCode, 200)
  t.equal(admissions.length, 1)
  nowMs += 1_000
  t.equal((await post(large, { url })).statusCode, 200)
  t.equal(attachments.length, 3)
  t.ok(maxPodBytesPerSecond >= 1_000 * 10_000, 'a thousand Pods of usual size in a second')
})

t.test('the metric begins at zero for each tenant, and exists only if pods are reviewed', async t => {
  const tenants = [{ tenant: 'default', regions: [] }]
  const metrics = madeMetrics({ tenants, attaches: true })
  metrics.attachReview({ tenant: 'default', result: 'attached' })
  t.strictSame(await samples('ecr_anywhere_attach_reviews_total', metrics), [
    'ecr_anywhere_attach_reviews_total{tenant="default",result="attached"} 1',
    'ecr_anywhere_attach_reviews_total{tenant="default",result="unchanged"} 0',
  ])
  t.strictSame(await samples('ecr_anywhere_attach_reviews_total', madeMetrics({ tenants })), [])
})
