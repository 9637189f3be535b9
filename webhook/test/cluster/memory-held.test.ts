import { review } from '@ecr-anywhere/scripts/bench/review.ts'
import t from 'tap'
import { bodyLimit } from '../../src/http/bodies.ts'
import { maxOperationsConnections } from '../../src/http/operations.ts'
import { maxConnections } from '../../src/http/server.ts'
import { limitedWebhook } from '../http/limited-webhook.ts'
import { emptyObjects, head, many, type Stranger, send, settled, tcpStranger, tlsStranger } from '../http/strangers.ts'

const { underAttack, webhook, port, operationsPort } = await limitedWebhook(t, { tickets: true })
const large = emptyObjects(bodyLimit)

t.test('the webhook stays available with forty bodies of 8 MB that never end, and cuts them off', async t => {
  await underAttack(t, async () => {
    const strangers = await Promise.all(many(40, () => tlsStranger(port)))
    await Promise.all(
      strangers.map(async stranger => {
        await send(stranger, head(large.length))
        await send(stranger, large.subarray(0, -1))
      }),
    )
    await Promise.all(strangers.map(({ closed }) => closed))
    const codes = await settled(strangers)
    t.ok(codes.includes(503), `the first bodies were rejected because there were too many: ${codes}`)
    t.ok(codes.includes(408), 'the others timed out')
  })
})

t.test('the webhook stays available with headers that never end and many requests on one connection', async t => {
  await underAttack(t, async () => {
    const strangers = await Promise.all(many(100, () => tlsStranger(port)))
    const body = JSON.stringify(review('memory'))
    const pipelined = (head(Buffer.byteLength(body)) + body).repeat(2_000)
    await Promise.all(
      strangers.map(async (stranger, at) => {
        if (at < 10) return send(stranger, pipelined)
        await send(stranger, 'POST /sync HTTP/1.1\r\n')
        await send(stranger, `x: ${'y'.repeat(1_000_000)}`)
      }),
    )
    await Promise.all(strangers.map(({ closed }) => closed))
  })
})

t.test('the webhook stays available with too many idle connections on both ports, before and after the handshake', async t => {
  await underAttack(t, async () => {
    const strangers = [
      ...many(maxConnections, () => tcpStranger(port)),
      ...many(2 * maxOperationsConnections, () => tcpStranger(operationsPort)),
    ]
    // These connections may stay open, as unused connections of the API server do.
    const handshaken = await Promise.all(many(200, () => tlsStranger(port)))
    await Promise.all(strangers.map(({ closed }) => closed))
    for (const { socket } of handshaken) socket.destroy()
  })
})

t.test('the webhook stays available when bodies are sent to the port of probes and metrics', async t => {
  await underAttack(t, async () => {
    for (const path of ['/metrics', '/nothing']) {
      const strangers = many(20, () => tcpStranger(operationsPort))
      await Promise.all(
        strangers.map(async stranger => {
          await send(stranger, head(large.length, path))
          await send(stranger, large)
        }),
      )
      t.ok((await settled(strangers)).every(code => code === 404 || code === 0))
    }
  })
})

t.test('on SIGTERM the webhook exits with 0, even if clients keep connections and requests open on both ports', async t => {
  const [handshaken, other] = await Promise.all([tlsStranger(port), tlsStranger(port)])
  const probing = [tcpStranger(operationsPort), tcpStranger(operationsPort)]
  await send(handshaken, head(large.length) + large.subarray(0, 1000))
  await send(probing[0] as Stranger, 'GET /metrics HTTP/1.1\r\nhost: a\r\n')
  tcpStranger(port)
  t.equal(await webhook.stop('SIGTERM'), 0)
  await Promise.all([handshaken, other, ...probing].map(({ closed }) => closed))
})
