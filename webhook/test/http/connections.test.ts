import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { portOf } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import t, { type Test } from 'tap'
import { boundConnections } from '../../src/http/connections.ts'
import { type Stranger, tcpStranger } from './strangers.ts'

const max = 3

async function listening(t: Test) {
  const server = createServer()
  const connections = boundConnections(server, max)
  await new Promise<void>(resolve => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const strangers: Stranger[] = []
  t.teardown(() => {
    for (const { socket } of strangers) socket.destroy()
    server.close()
  })
  /** @returns both ends of a new connection */
  async function open(): Promise<{ far: Stranger; near: Socket }> {
    const accepted = once(server, 'connection')
    const far = tcpStranger(portOf({ server }))
    strangers.push(far)
    const [near] = (await accepted) as [Socket]
    return { far, near }
  }
  return { open, connections, server }
}

t.test('if there is one connection too many, only the oldest is closed', async t => {
  const { open } = await listening(t)
  const [first, second] = [await open(), await open()]
  await open()
  t.notOk(first.near.destroyed)
  await open()
  await first.far.closed
  t.notOk(second.near.destroyed)
})

t.test('untrusted connections are closed before trusted ones, and of these the least recently used is closed first', async t => {
  const { open, connections } = await listening(t)
  const [first, second] = [await open(), await open()]
  connections.trust(first.near)
  connections.trust(second.near)
  t.ok(connections.isTrusted(first.near))
  const stranger = await open()
  t.notOk(connections.isTrusted(stranger.near))
  const third = await open()
  await stranger.far.closed
  connections.trust(third.near)
  connections.trust(first.near)
  await open()
  await second.far.closed
  t.strictSame([first.near.destroyed, third.near.destroyed], [false, false])
})

t.test('a closed connection frees its place and is no longer trusted', async t => {
  const { open, connections } = await listening(t)
  const kept = await open()
  const going = [await open(), await open()]
  for (const { far, near } of going) {
    connections.trust(near)
    const closed = once(near, 'close')
    far.socket.destroy()
    near.resume()
    await closed
    connections.trust(near)
    t.notOk(connections.isTrusted(near))
  }
  await open()
  await open()
  t.notOk(kept.near.destroyed)
})

t.test('Node itself rejects further connections', async t => {
  t.equal((await listening(t)).server.maxConnections, max + 1)
})
