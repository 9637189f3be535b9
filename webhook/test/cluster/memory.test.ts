import { review } from '@ecr-anywhere/scripts/bench/review.ts'
import t from 'tap'
import { bodyLimit } from '../../src/http/bodies.ts'
import { limitedWebhook } from '../http/limited-webhook.ts'
import { emptyObjects, endTogether, head, many, send, settled, tlsStranger } from '../http/strangers.ts'

const { underAttack, attested, wrong, port } = await limitedWebhook(t, { tickets: true })

const large = emptyObjects(bodyLimit)
const asReview = (notes: Record<string, string>, filling: Buffer) =>
  Buffer.from(JSON.stringify(review('memory', notes)).replace('"options":{', `"filling":${filling},"options":{`))

t.test('the webhook stays available with ten simultaneous bodies of 8 MB without a ticket', async t => {
  await underAttack(t, async () => {
    const codes = await endTogether(
      port,
      many(10, () => large),
    )
    t.ok(
      codes.every(code => [403, 503, 0].includes(code)),
      `answers: ${codes}`,
    )
    t.ok(codes.includes(403), 'some were complete and were rejected because they had no ticket')
  })
})

t.test('the webhook stays available with ten simultaneous reviews with a wrong ticket', async t => {
  await underAttack(t, async () => {
    const codes = await endTogether(
      port,
      many(10, () => asReview(wrong, emptyObjects(bodyLimit - 4096))),
    )
    t.ok(
      codes.every(code => [200, 503, 0].includes(code)),
      `answers: ${codes}`,
    )
  })
})

t.test('the webhook stays available with ten simultaneous reviews with the right ticket', async t => {
  await underAttack(t, async () => {
    const codes = await endTogether(
      port,
      many(10, () => asReview(attested, emptyObjects(bodyLimit - 4096))),
    )
    t.ok(
      codes.every(code => [413, 503, 0].includes(code)),
      `answers: ${codes}`,
    )
  })
})

t.test('the webhook stays available with chunked bodies of 8 MB, of more than 8 MB and of one-byte chunks', async t => {
  const chunk = (bytes: Buffer) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
  const tiny = Buffer.from('1\r\nx\r\n'.repeat(1_000_000))
  await underAttack(t, async () => {
    const whole = await endTogether(
      port,
      many(10, () => large),
      body => [head(undefined), Buffer.concat([chunk(body), Buffer.from('0\r\n\r\n')])],
    )
    t.ok(
      whole.every(code => [403, 503, 0].includes(code)),
      `answers: ${whole}`,
    )
    for (const bytes of [Buffer.concat([chunk(large), chunk(large)]), tiny]) {
      const strangers = await Promise.all(many(10, () => tlsStranger(port)))
      await Promise.all(strangers.map(stranger => send(stranger, head(undefined))))
      await Promise.all(strangers.map(stranger => send(stranger, bytes)))
      const codes = await settled(strangers)
      t.ok(
        codes.every(code => [413, 503, 0].includes(code)),
        `answers: ${codes}`,
      )
    }
  })
})
