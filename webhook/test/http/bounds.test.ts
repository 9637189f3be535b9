import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import { secret } from '../admission/secrets.ts'
import { awsWorld, review, uid } from '../admission/world.ts'
import { server } from './serving.ts'

const body = review({ object: secret() })
const tickets = new Map([['default', [Buffer.from('ticket-hunter2-of-default')]]])

t.test('with tickets, a body without one is not parsed: a review is denied, and anything else gets a 403', async t => {
  const { world } = awsWorld({ tickets: () => tickets })
  const { post, admissions } = server(t, { world, admit: () => Promise.reject(new Error('parsed')) })
  const denied = await post(body)
  t.strictSame([denied.statusCode, denied.headers.connection], [200, 'close'])
  t.match(denied.json().response, { uid, allowed: false, status: { message: /a review without the ticket of tenant default/ } })
  t.match(admissions, [{ result: 'denied' }])
  const refused = await post('[{},{}]')
  t.strictSame([refused.statusCode, refused.headers.connection], [403, 'close'])
  t.match(refused.json(), { kind: 'Status', code: 403, message: /a review without the ticket of tenant default; wanted .+\. \S/ })
  t.equal(admissions.length, 1)
})

t.test('a body with more values than any Secret has gets a 413 and is not parsed', async t => {
  const { post } = server(t)
  const answer = await post(`[${'{},'.repeat(1_000_000)}1]`)
  t.equal(answer.statusCode, 413)
  t.match(answer.json(), { kind: 'Status', message: /a body with more values than any Secret has; wanted an AdmissionReview/ })
})

t.test('bodies that need much memory are processed one after the other, and small bodies in parallel', async t => {
  const { world } = awsWorld()
  let [atOnce, most] = [0, 0]
  const { promise: aws, resolve: answerAll } = Promise.withResolvers<void>()
  const begun: string[] = []
  const { post } = server(t, {
    admit: async (parsed, asked) => {
      begun.push(asked.tenantName)
      most = Math.max(most, ++atOnce)
      if (asked.tenantName === 'default') await aws
      atOnce -= 1
      return admit(parsed, asked, world)
    },
  })
  const large = { ...body, filling: Array.from({ length: 150_000 }, () => ({ a: 1 })) }
  const answers = [1, 2, 3].map(async () => await post(large))
  await until('a large body is being processed', () => begun.length > 0)
  t.equal((await post(body, { url: '/inject/small' })).statusCode, 200)
  t.equal(most, 2, 'one large body and the small one are processed at a time')
  answerAll()
  t.strictSame(
    (await Promise.all(answers)).map(({ statusCode }) => statusCode),
    [200, 200, 200],
  )
  t.equal(most, 2)
})
