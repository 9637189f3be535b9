import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { type Google, type GoogleOptions, startGoogle } from '@ecr-anywhere/scripts/google/emulator.ts'
import { ecrAnywhere } from '@ecr-anywhere/scripts/testbed/command.ts'
import type { Test } from 'tap'

export const account = 'sync@my-project.iam.gserviceaccount.com'
export const uniqueId = '100000000000000000001'
export const audience = 'sts.amazonaws.com'
export const roleArn = 'arn:aws:iam::123456789012:role/gcp-ecr'
export const secretName = 'projects/my-project/secrets/login'
export const repositoryName = 'projects/my-project/locations/europe-west1/repositories/ecr'
export const uri = 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com'
export const role = { arn: roleArn, iss: 'https://accounts.google.com', aud: uniqueId, oaud: audience, sub: uniqueId }

export interface World {
  aws: Emulator
  google: Google
  /** The ten variables of the single target, and the addresses of the emulators. */
  env: Record<string, string>
  /** All secrets that an emulator gave to anybody. */
  secrets: Set<string>
  folder: string
}

/** AWS, Google, and a remote repository with a secret of two versions, of which it references the second. */
export async function world(t: Test, options: Partial<GoogleOptions> = {}): Promise<World> {
  const secrets = new Set<string>()
  const onSecret = (secret: string) => void secrets.add(secret)
  const aws = await startEmulator({ onSecret, roles: [role] })
  const google = await startGoogle({
    onSecret,
    accounts: [{ email: account, uniqueId }],
    machine: { account },
    secrets: [{ id: 'login', payloads: ['old-1', 'old-2'] }],
    repositories: [{ location: 'europe-west1', id: 'ecr', uri, credentials: credentials(2), labels: { team: 'a' } }],
    validateUpstream: ({ uri, password, username }) => acceptsLogin(aws, { host: new URL(uri).host, username, password }),
    ...options,
  })
  const folder = await mkdtemp(join(tmpdir(), 'gcp-sync-'))
  t.teardown(async () => {
    await Promise.all([aws.stop(), google.stop(), rm(folder, { recursive: true })])
  })
  const env = {
    AWS_REGION: 'us-east-1',
    AWS_ROLE_ARN: roleArn,
    AWS_AUDIENCE: audience,
    GCP_PROJECT_ID: 'my-project',
    GCP_LOCATION: 'europe-west1',
    GCP_SECRET_NAME: 'login',
    GCP_REPOSITORY_NAME: 'ecr',
    AWS_ENDPOINT_URL: aws.url,
    GOOGLE_ENDPOINT_URL: google.url,
    GCE_METADATA_HOST: google.host,
    HOME: folder,
  }
  return { aws, google, env, secrets, folder }
}

export const credentials = (version: number, secret = 'login') => ({
  username: 'AWS',
  passwordSecretVersion: `projects/my-project/secrets/${secret}/versions/${version}`,
})

export function sync({ env }: Pick<World, 'env'>, ...args: string[]) {
  return ecrAnywhere(['gcp-sync', ...args], env)
}

/** Writes a file of targets, and sets the variables for it. */
export async function withTargets(world: World, text: string): Promise<World> {
  const path = join(world.folder, `targets-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.yaml`)
  await writeFile(path, text)
  const { GCP_REPOSITORY_NAME: _, ...env } = world.env
  return { ...world, env: { ...env, TARGETS_FILE: path } }
}

/** Does the registry accept what the repository would send to it? */
export async function works({ aws, google }: World, repository = repositoryName): Promise<boolean> {
  const { username = '', password = '' } = google.upstreamInUse(repository)
  const upstream = google.repository(repository).remoteRepositoryConfig?.dockerRepository?.customRepository?.uri ?? ''
  return acceptsLogin(aws, { host: new URL(upstream).host, username, password })
}

export function enabled({ google }: World, secret = secretName): number[] {
  return google
    .versions(secret)
    .filter(({ state }) => state === 'ENABLED')
    .map(({ number }) => number)
}

/** Calls that write something. */
export function writes({ google }: World): string[] {
  return google
    .calls()
    .last.filter(({ http, api }) => http !== 'GET' && api !== 'oauth2')
    .map(({ method }) => method)
}

/** `/v2/` of the emulated registry. The passwords `old-…` are of a time before the test, and work. */
function acceptsLogin(aws: Emulator, { host, username, password }: { host: string; username: string; password: string }): Promise<boolean> {
  if (password.startsWith('old-')) return Promise.resolve(true)
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const headers = { host, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  request(`${aws.url}/v2/`, { headers }, answer => {
    answer.resume()
    resolve(answer.statusCode === 200)
  })
    .on('error', reject)
    .end()
  return promise
}
