import { ECRClient } from '@aws-sdk/client-ecr'
import { ECRPUBLICClient } from '@aws-sdk/client-ecr-public'
import { STSClient } from '@aws-sdk/client-sts'
import type { Test } from 'tap'
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator.ts'

export const account = '123456789012'
export const region = 'eu-west-1'
export const user = {
  accessKeyId: 'AKIAALICE00000000000',
  secretAccessKey: 'a secret of a test',
  arn: `arn:aws:iam::${account}:user/alice`,
}

/** Starts an emulator for the duration of a test. By default alice is the only user. */
export async function emulatorFor(t: Test, options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ users: [user], ...options })
  t.teardown(() => emulator.stop())
  return emulator
}

/** Clients of the real SDK for the emulator. They do not retry, so that tests see every error. */
export function clients({ url }: { url: string }, { at = region, as = user, maxAttempts = 1 }: ClientOptions = {}) {
  const { accessKeyId, secretAccessKey, sessionToken } = as
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
  const config = { endpoint: url, region: at, credentials, maxAttempts }
  return { ecr: new ECRClient(config), ecrPublic: new ECRPUBLICClient(config), sts: new STSClient(config) }
}

interface ClientOptions {
  at?: string
  as?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  maxAttempts?: number
}

/** A JWT without a valid signature. By default it is valid for an hour. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}.c2lnbmF0dXJl`
}

/** The password in an authorization token. */
export function passwordOf(authorizationToken = ''): string {
  return Buffer.from(authorizationToken, 'base64').toString().replace('AWS:', '')
}

/** The pattern of an error for `t.rejects`. It matches the whole name, because tap matches a string also as a part of a name. */
export function refusal(name: string, also: { message?: RegExp; status?: number } = {}) {
  const { message, status } = also
  return {
    name: new RegExp(`^${name}$`),
    ...(message && { message }),
    ...(status !== undefined && { $metadata: { httpStatusCode: status } }),
  }
}
