import { createServer } from 'node:http'
import { portOf } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t, { type Test } from 'tap'
import { boundRequestHeads } from '../../src/http/request-heads.ts'
import { send, tcpStranger } from './strangers.ts'

const limitMs = 100
const whole = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'
const part = 'GET / HTTP/1.1\r\nhos'

async function listening(t: Test) {
  const server = createServer((_request, response) => void response.end('ok'))
  boundRequestHeads(server, { connected: 'connection', limitMs, checkEveryMs: 10 })
  await new Promise<void>(resolve => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  t.teardown(() => server.close())
  const open = () => {
    const stranger = tcpStranger(portOf({ server }))
    t.teardown(() => stranger.socket.destroy())
    return stranger
  }
  return open
}

t.test('a connection is closed if its first or a later request head is incomplete for too long', async t => {
  const open = await listening(t)
  const [first, later] = [open(), open()]
  await send(first, part)
  await send(later, whole)
  await until('the first request is answered', () => later.answer().endsWith('ok'))
  await send(later, part)
  await Promise.all([first.closed, later.closed])
})

t.test('an unused connection stays open, before and after its first request', async t => {
  const open = await listening(t)
  const [unused, used, slow] = [open(), open(), open()]
  await send(used, whole)
  await until('the request is answered', () => used.answer().endsWith('ok'))
  await send(slow, part)
  // The slow connection is closed when the unused ones are already older.
  await slow.closed
  await send(unused, whole)
  await send(used, whole)
  await until('both requests are answered', () => unused.answer().endsWith('ok') && used.answer().endsWith('ok'))
  t.notOk(unused.socket.destroyed || used.socket.destroyed)
})

t.test('a head that arrives in parts is answered', async t => {
  const open = await listening(t)
  const stranger = open()
  for (const piece of [part, 't: a\r\n', '\r\n']) await send(stranger, piece)
  await until('the request is answered', () => stranger.answer().endsWith('ok'))
  t.ok(stranger.answer())
})
