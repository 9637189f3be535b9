import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SessionPolicy } from './session-policy.ts'

/** What a password says, to the emulator alone. `expiresAt` is in seconds since the epoch, as AWS gives it. */
export interface Grant {
  identityArn: string
  arn: string
  /** The session policies of the principal that requested it. */
  policies: SessionPolicy[]
  /** A region, or `public`. */
  reach: string
  expiresAt: number
}

export interface Tokens {
  /** An authorization token: base64 of `AWS:<password>`, a different password each time. */
  issue(grant: Grant): string
  /** Reads a password back; undefined if this emulator did not make it. */
  read(password: string): Grant | undefined
}

// With these the password is about 2 kB, AWS's length: limits on Secrets, headers and docker configs are met here first.
const payloadBytes = 1000
const dataKeyBytes = 140

/** Seals grants under a key that lives as long as the emulator: nothing has to be remembered for each call. */
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
        // Not base64, not JSON, or sealed under another key: whichever it is, the password is not ours.
        return undefined
      }
    },
  }
}

/** Expiry of a token made now. AWS's are whole seconds: the fraction is cut, never rounded up. */
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
