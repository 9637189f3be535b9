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

/** Starts an emulator for the length of a test; alice is the one user, unless the options say otherwise. */
export async function emulatorFor(t: Test, options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ users: [user], ...options })
  t.teardown(() => emulator.stop())
  return emulator
}

/** The real SDK's clients, as a user with AWS_ENDPOINT_URL has them; no retries, so that every error is seen. */
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

/** A JWT that nobody signed, good for an hour unless the claims say otherwise. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}.c2lnbmF0dXJl`
}

/** The password inside an authorization token. */
export function passwordOf(authorizationToken = ''): string {
  return Buffer.from(authorizationToken, 'base64').toString().replace('AWS:', '')
}

/** What `t.rejects` wants of a refusal: its whole name, for tap takes a text as a part (ExpiredToken would fit ExpiredTokenException). */
export function refusal(name: string, also: { message?: RegExp; status?: number } = {}) {
  const { message, status } = also
  return {
    name: new RegExp(`^${name}$`),
    ...(message && { message }),
    ...(status !== undefined && { $metadata: { httpStatusCode: status } }),
  }
}
