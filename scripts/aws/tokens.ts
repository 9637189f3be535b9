import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SessionPolicy } from './session-policy.ts'

/** The content of a password, which only the emulator can read. `expiresAt` is in seconds since the epoch, as at AWS. */
export interface Grant {
  identityArn: string
  arn: string
  /** The session policies of the principal that requested it. */
  policies: SessionPolicy[]
  /** The region, or `public`. */
  reach: string
  expiresAt: number
}

export interface Tokens {
  /** Creates an authorization token: base64 of `AWS:<password>`, with a different password each time. */
  issue(grant: Grant): string
  /** Reads a password. @returns undefined if this emulator did not create it */
  read(password: string): Grant | undefined
}

// These give the password the length of AWS, about 2 kB, so that tests find limits on Secrets, headers and docker configs.
const payloadBytes = 1000
const dataKeyBytes = 140

/** Encrypts grants with a key of this emulator, so that no state is needed for each call. */
export function createTokens(onSecret: (secret: string) => void): Tokens {
  const key = randomBytes(32)
  return {
    issue(grant) {
      const sealed = { payload: seal(key, grant), datakey: randomBytes(dataKeyBytes).toString('base64'), version: '2', type: 'DATA_KEY' }
      const password = Buffer.from(JSON.stringify({ ...sealed, expiration: grant.expiresAt })).toString('base64')
      onSecret(password)
      return Buffer.from(`AWS:${password}`).toString('base64')
    },
    read(password) {
      try {
        return open(key, JSON.parse(Buffer.from(password, 'base64').toString()).payload)
      } catch {
        // The password is not base64 or JSON, or was encrypted with another key, so it is not from this emulator.
        return undefined
      }
    },
  }
}

/** The expiry of a new token. As at AWS, it is in whole seconds and rounded down. */
export function expiresAt(nowMs: number, lifeSeconds: number): number {
  return Math.floor(nowMs / 1000 + lifeSeconds)
}

function seal(key: Buffer, grant: Grant): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const text = JSON.stringify(grant).padEnd(payloadBytes)
  return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

function open(key: Buffer, payload: string): Grant {
  const sealed = Buffer.from(payload, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(sealed.subarray(-16))
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString())
}
