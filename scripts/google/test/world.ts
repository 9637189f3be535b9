import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto'
import { SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { GoogleAuth, type GoogleAuthOptions, gaxios, type JWTInput } from 'google-auth-library'
import type { Test } from 'tap'
import { type Google, type GoogleOptions, startGoogle } from '../emulator.ts'

export const project = { id: 'my-project', number: '123456789012' }
export const syncer = { email: 'syncer@my-project.iam.gserviceaccount.com', uniqueId: '123456789012345678901' }
export const secretName = 'projects/my-project/secrets/ecr'
export const repositoryName = 'projects/my-project/locations/europe-west1/repositories/ecr'
export const uri = 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com'

/** Starts an emulator for the length of a test, with one account, one secret of two versions and a remote repository that uses the second. */
export async function googleFor(t: Test, options: GoogleOptions = {}): Promise<Google> {
  const google = await startGoogle({
    projects: [project],
    accounts: [syncer],
    secrets: [{ id: 'ecr', payloads: ['first', 'second'] }],
    repositories: [
      {
        location: 'europe-west1',
        id: 'ecr',
        uri,
        credentials: { username: 'AWS', passwordSecretVersion: `${secretName}/versions/2` },
        labels: { team: 'platform' },
      },
    ],
    ...options,
  })
  t.teardown(() => google.stop())
  return google
}

/** What a call answers: its status, its headers and its JSON. */
export interface Answered {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they want
  body: any
}

/** Makes a call of a REST API as an account, or with a token of its own. */
export async function call(
  google: Google,
  path: string,
  { http = 'GET', body, as = syncer.email, token = google.accessToken(as) }: CallOptions = {},
): Promise<Answered> {
  const headers = { ...(token !== '' && { Authorization: `Bearer ${token}` }), 'Content-Type': 'application/json' }
  const answer = await fetch(`${google.url}/v1/${path}`, { method: http, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

interface CallOptions {
  http?: 'GET' | 'POST' | 'PATCH'
  body?: object
  as?: string
  token?: string
}

/** Google's own client of Secret Manager, with the login of a person or the key file of a service account. */
export function secretManagerClient(
  google: Google,
  credentials: JWTInput = google.authorizedUserFile(syncer.email),
): SecretManagerServiceClient {
  const auth = googleAuth(google, { credentials })
  return new SecretManagerServiceClient({ fallback: true, protocol: 'http', apiEndpoint: '127.0.0.1', port: google.port, auth })
}

/** Google's own authentication, whose fixed addresses are led to the emulator: it ignores the `token_uri` of a key file. */
export function googleAuth(google: Google, options: GoogleAuthOptions): GoogleAuth {
  const transporter = new gaxios.Gaxios()
  transporter.interceptors.request.add({
    resolved: async config => {
      const { pathname, search } = new URL(config.url)
      return { ...config, url: new URL(pathname + search, google.url) }
    },
  })
  return new GoogleAuth({ ...options, clientOptions: { transporter } })
}

/** The claims of a JWT. */
export function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
}

/** The public key that the emulator serves in a JWK set. */
export async function publicKey({ url }: Google, path: string): Promise<{ keyId: string; publicKey: KeyObject }> {
  const { keys } = (await (await fetch(url + path)).json()) as { keys: [webcrypto.JsonWebKey & { kid: string }] }
  const [key] = keys
  return { keyId: key.kid, publicKey: createPublicKey({ key, format: 'jwk' }) }
}
