import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { within } from '@ecr-anywhere/scripts/testbed/within.ts'

/** The time limit for an answer to an attacker. It is long because large bodies are parsed one after the other. */
const answerLimitSeconds = 90

/** A client that can reach the webhook and sends arbitrary bytes. */
export interface Stranger {
  socket: Socket
  /** @returns everything that was received */
  answer: () => string
  /** Resolves when the connection was closed. */
  closed: Promise<unknown>
}

export function tcpStranger(port: number): Stranger {
  return listening(connectTcp({ host: '127.0.0.1', port }))
}

/** A client after a TLS handshake. */
export async function tlsStranger(port: number): Promise<Stranger> {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
  const stranger = listening(socket)
  await Promise.race([once(socket, 'secureConnect'), stranger.closed])
  return stranger
}

function listening(socket: Socket): Stranger {
  let answer = ''
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
  socket.on('data', part => {
    answer += part
  })
  // Many tests expect that the connection is cut.
  socket.on('error', () => {})
  return { socket, answer: () => answer, closed }
}

export function many<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at))
}

/** Writes, and waits until the data has left this process or the connection is closed. */
export async function send({ socket, closed }: Stranger, bytes: string | Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.write(bytes, () => resolve())
  await Promise.race([promise, closed])
}

/** The head of a POST request, with a Content-Length or else with chunked encoding. */
export function head(length: number | undefined, path = '/inject/default'): string {
  const framing = length === undefined ? 'transfer-encoding: chunked' : `content-length: ${length}`
  return `POST ${path} HTTP/1.1\r\nhost: webhook\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`
}

/** A list of empty objects, which needs 21 times its length in memory when it is parsed. */
export function emptyObjects(bytes: number): Buffer {
  const unit = '{},'
  const count = Math.floor((bytes - 1) / unit.length)
  return Buffer.from(`[${unit.repeat(count).slice(0, -1)}]`)
}

/** Sends all bodies without their last byte, then sends all last bytes at once and waits for the answers. */
export async function endTogether(port: number, bodies: readonly Buffer[], framed = (body: Buffer) => [head(body.length), body] as const) {
  const strangers = await Promise.all(
    bodies.map(async body => {
      const stranger = await tlsStranger(port)
      const [first, rest] = framed(body)
      await send(stranger, first)
      await send(stranger, rest.subarray(0, -1))
      return { stranger, last: rest.subarray(-1) }
    }),
  )
  await Promise.all(strangers.map(({ stranger, last }) => send(stranger, last)))
  return settled(strangers.map(({ stranger }) => stranger))
}

/** Waits until each client has an answer or is disconnected. @returns the status codes, with 0 for no answer */
export async function settled(strangers: readonly Stranger[]): Promise<number[]> {
  const codes = await Promise.all(
    strangers.map(async ({ answer, closed, socket }) => {
      await Promise.race([closed, within(answerLimitSeconds, 'an answer', () => answer().includes('\r\n\r\n') || socket.destroyed)])
      return Number(/^HTTP\/1\.1 (\d+)/.exec(answer())?.[1] ?? 0)
    }),
  )
  for (const { socket } of strangers) socket.destroy()
  return codes
}
