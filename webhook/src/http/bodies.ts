import type { IncomingMessage } from 'node:http'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Held } from '../memory-limits/in-flight.ts'

/** A review contains object and oldObject, each of up to 1.5 MB before encoding. */
export const bodyLimit = 8 * 1024 * 1024
/** For all bodies that have begun to arrive and whose requests are not answered yet. */
export const maxBytesInFlight = 64 * 1024 * 1024
/** How long the head of a request may take to arrive completely, and then its body. Node's own timeouts are longer: see `boundRequestHeads`. */
export const requestTimeoutMs = 15_000
/** The memory overhead of a chunk. It counts because a body may arrive in chunks of one byte. */
const chunkBytes = 512
/** A body of maximum size normally arrives in 512 chunks of 16 KiB, the size of a TLS record. */
const maxChunks = 8 * 1024

export const bodyTooLarge = new Fault('input', {
  code: 'BodyTooLarge',
  found: `a body over ${bodyLimit} bytes`,
  wanted: 'an AdmissionReview',
  todo: 'Only a Kubernetes API server calls this path.',
})

/** For a body whose parsed values would take too much memory, such as a list of a million empty objects. */
export const tooManyValues = new Fault('input', {
  code: 'BodyTooLarge',
  found: 'a body with more values than any Secret has',
  wanted: 'an AdmissionReview',
  todo: 'Only a Kubernetes API server calls this path.',
})

const tooManyBodies = new Fault('transient', {
  code: 'TooManyBodies',
  found: `more than ${maxBytesInFlight} bytes of request bodies in flight, of which this body began first`,
  wanted: 'a body that arrives without a pause',
  todo: 'Try again. If this persists, clients other than the API server send bodies to the webhook: check its NetworkPolicy.',
})

const incomplete = new Fault('input', {
  code: 'BodyIncomplete',
  found: `a body that did not arrive completely within ${requestTimeoutMs / 1000} s`,
  wanted: 'an AdmissionReview',
  todo: 'Only a Kubernetes API server calls this path.',
})

/**
 * Receives a request's body within the bounds of `hold`.
 *
 * @param hold counts the bytes that arrive, and calls back if this sender is to be disconnected
 * @throws Fault `input` for a body that is too large, incomplete or too slow, `transient` if the sender was disconnected
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
    // A complete body needs no pause, because no more bytes follow.
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

  /** The listener for `error` stays, because an error event without a listener would end the process. */
  function stop(): void {
    clearTimeout(timer)
    stream.off('data', onData).off('end', onEnd).off('close', onClose)
  }
}
