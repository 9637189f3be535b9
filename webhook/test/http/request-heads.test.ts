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

t.test('a head that does not arrive completely is closed, the first one of a connection and a later one', async t => {
  const open = await listening(t)
  const [first, later] = [open(), open()]
  await send(first, part)
  await send(later, whole)
  await until('it is answered', () => later.answer().endsWith('ok'))
  await send(later, part)
  await Promise.all([first.closed, later.closed])
})

t.test('a connection that is unused stays, before its first request and after one', async t => {
  const open = await listening(t)
  const [unused, used, slow] = [open(), open(), open()]
  await send(used, whole)
  await until('it is answered', () => used.answer().endsWith('ok'))
  await send(slow, part)
  // Whoever is slow goes at a time at which those who are unused have been there for longer.
  await slow.closed
  await send(unused, whole)
  await send(used, whole)
  await until('both are answered', () => unused.answer().endsWith('ok') && used.answer().endsWith('ok'))
  t.notOk(unused.socket.destroyed || used.socket.destroyed)
})

t.test('a head that arrives in parts is answered', async t => {
  const open = await listening(t)
  const stranger = open()
  for (const piece of [part, 't: a\r\n', '\r\n']) await send(stranger, piece)
  await until('it is answered', () => stranger.answer().endsWith('ok'))
  t.ok(stranger.answer())
})
