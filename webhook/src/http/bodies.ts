import type { IncomingMessage } from 'node:http'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Held } from '../in-flight.ts'

/** A review carries object and oldObject of up to 1.5 MB each, encoded. */
export const bodyLimit = 8 * 1024 * 1024
/** Of all bodies that have begun to arrive and are not answered yet. */
export const maxBytesInFlight = 64 * 1024 * 1024
/**
 * How long a request may take to arrive. Kept here, too: of `headersTimeout` and `requestTimeout` Node takes the smaller for the headers,
 * however they are named (ConnectionsList::Expired), so that a body would have 32 s.
 */
export const requestTimeoutMs = 15_000
/** What a chunk takes beside its bytes: a body may come in chunks of one byte. */
const chunkBytes = 512
/** A whole body comes in 512 chunks of 16 KiB, the size of a TLS record. */
const maxChunks = 8 * 1024

export const bodyTooLarge = new Fault('input', {
  code: 'BodyTooLarge',
  found: `a body over ${bodyLimit} bytes`,
  wanted: 'an AdmissionReview',
  todo: 'Only a Kubernetes API server calls this path.',
})

/** A text whose values would take too much memory, such as a list of a million empty objects. */
export const tooManyValues = new Fault('input', {
  code: 'BodyTooLarge',
  found: 'a body of more values than any Secret has',
  wanted: 'an AdmissionReview',
  todo: 'Only a Kubernetes API server calls this path.',
})

const tooManyBodies = new Fault('transient', {
  code: 'TooManyBodies',
  found: `bodies of more than ${maxBytesInFlight} bytes on their way at once, of which this one began first`,
  wanted: 'a body that arrives without a pause',
  todo: 'Try again. If this goes on, somebody else than the API server sends bodies to the webhook: see its NetworkPolicy.',
})

const incomplete = new Fault('input', {
  code: 'BodyIncomplete',
  found: `a body that did not arrive to its end within ${requestTimeoutMs / 1000} s`,
  wanted: 'an AdmissionReview',
  todo: 'Only a Kubernetes API server calls this path.',
})

/**
 * Receives a request's body within the bounds of `hold`.
 *
 * @param hold counts what arrives; calls back if this sender is to be cut off
 * @throws Fault `input` for a body that is too large, breaks off or takes too long, `transient` if it was cut off
 */
export function receiveBody(stream: IncomingMessage, hold: (cut: () => void) => Held): Promise<Buffer> {
  const declared = Number(stream.headers['content-length'])
  if (declared > bodyLimit) return Promise.reject(bodyTooLarge)
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let length = 0

  const held = hold(() => fail(tooManyBodies))
  const timer = setTimeout(() => fail(incomplete), requestTimeoutMs)
  stream.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose)
  return promise

  function onData(chunk: Buffer): void {
    length += chunk.length
    if (length > bodyLimit || chunks.length >= maxChunks) {
      fail(bodyTooLarge)
      return
    }
    chunks.push(chunk)
    const room = held.add(chunk.length + chunkBytes)
    // What is whole is read to its end: it holds nothing up.
    if (room === undefined || length === declared) return
    stream.pause()
    void room.then(() => stream.resume())
  }

  function onEnd(): void {
    stop()
    resolve(Buffer.concat(chunks, length))
    chunks.length = 0
  }

  function onClose(): void {
    fail(incomplete)
  }

  function fail(why: Fault): void {
    stop()
    chunks.length = 0
    held.release()
    reject(why)
  }

  /** Errors still have a listener: without one they would end the process. */
  function stop(): void {
    clearTimeout(timer)
    stream.off('data', onData).off('end', onEnd).off('close', onClose)
  }
}
