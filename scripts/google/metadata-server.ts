import type { IncomingMessage } from 'node:http'
import type { Answer, Handler } from '../aws/exchange.ts'
import { type AccessTokens, accessTokenLifeSeconds } from './access-tokens.ts'
import type { Accounts, KnownAccount } from './accounts.ts'
import { cloudPlatform } from './apis.ts'
import { mintIdentityToken } from './identity-token.ts'
import type { Keys } from './keys.ts'
import type { Projects } from './projects.ts'
import { type Refusal, type ServeWorld, serve } from './serve.ts'

/** What the machine on which the caller runs is. */
export interface Machine {
  /** Email of the service account that it runs as; without it, it is no machine of Google. */
  account?: string
  /** The scopes of its access tokens; `cloud-platform` without it. */
  scopes?: string[]
}

export interface MetadataWorld extends ServeWorld {
  accounts: Accounts
  keys: Keys
  projects: Projects
  tokens: AccessTokens
  machine: { is: Machine }
  nowMs: () => number
  onSecret: (secret: string) => void
}

const root = '/computeMetadata/v1/'
const statuses: Record<Refusal, number> = {
  unauthenticated: 401,
  'permission-denied': 403,
  'service-disabled': 403,
  'not-found': 404,
  conflict: 409,
  throttled: 429,
  quota: 429,
  internal: 500,
  unavailable: 503,
  'invalid-grant': 400,
}

/**
 * The metadata server of a machine of Google, of which the project and the service account are emulated.
 * Source: https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys
 */
export function metadataServer(world: MetadataWorld): Handler {
  return async (request, response) => {
    request.resume()
    const { method: http = '', url = '/' } = request
    const { pathname: path, search } = new URL(url, 'http://metadata.google.internal')
    const method = path.split('/').findLast(part => part !== '') ?? ''
    const query = decodeURIComponent(search.slice(1))
    await serve(response, world, {
      call: { api: 'metadata', method, http, path, query, at: new Date(world.nowMs()).toISOString() },
      produce: () => read(world, request),
      refuse: (refusal, retrySeconds) => {
        const answer = text(statuses[refusal], refusal)
        return refusal === 'throttled' ? { ...answer, headers: { ...answer.headers, 'Retry-After': String(retrySeconds) } } : answer
      },
    })
  }
}

function read(world: MetadataWorld, { url = '/', headers }: IncomingMessage): Answer {
  const { pathname, searchParams: query } = new URL(url, 'http://metadata.google.internal')
  const { account: email = '', scopes = [cloudPlatform] } = world.machine.is
  const account = world.accounts.find(email)
  // A proxy would forward the request from another machine.
  if (headers['metadata-flavor'] !== 'Google' || headers['x-forwarded-for'] !== undefined)
    return text(403, 'Missing Metadata-Flavor:Google header.')
  const project = world.projects.all[0]
  if (!account || !project) return text(404, 'Not Found')
  const path = pathname.startsWith(root) ? pathname.slice(root.length).replace(/\/$/, '') : ''
  const isRecursive = query.get('recursive') === 'true'
  switch (path.replace(`service-accounts/${account.email}`, 'service-accounts/default')) {
    case '':
      return text(200, 'instance/\nproject/\n')
    case 'instance':
      return text(200, 'service-accounts/\n')
    case 'project/project-id':
      return text(200, project.id)
    case 'project/numeric-project-id':
      return text(200, project.number)
    case 'instance/service-accounts':
      return isRecursive ? json(described(account, scopes)) : text(200, `default/\n${account.email}/\n`)
    case 'instance/service-accounts/default':
      return isRecursive ? json(described(account, scopes).default) : text(200, 'aliases\nemail\nidentity\nscopes\ntoken\n')
    case 'instance/service-accounts/default/email':
      return text(200, account.email)
    case 'instance/service-accounts/default/scopes':
      return text(200, scopes.join('\n'))
    case 'instance/service-accounts/default/token':
      return accessToken(world, account, scopes)
    case 'instance/service-accounts/default/identity':
      return identityToken(world, account, query.get('audience') ?? '')
    default:
      return text(404, 'Not Found')
  }
}

function described({ email }: KnownAccount, scopes: string[]) {
  const one = { aliases: ['default'], email, scopes }
  return { default: one, [email]: one }
}

function accessToken({ tokens, nowMs }: MetadataWorld, { email }: KnownAccount, scopes: string[]): Answer {
  const access_token = tokens.issue({ email, scopes, expiresAtMs: nowMs() + accessTokenLifeSeconds * 1000 })
  return json({ access_token, expires_in: accessTokenLifeSeconds, token_type: 'Bearer' })
}

/** Its `azp` is the numeric id. The email is in it always, as on Cloud Run; on Compute Engine only with `format=full`. */
function identityToken({ keys, nowMs, onSecret }: MetadataWorld, { email, uniqueId }: KnownAccount, audience: string): Answer {
  if (audience === '') return text(400, 'non-empty audience parameter required')
  const token = mintIdentityToken({ audience, uniqueId, email, azp: uniqueId }, { nowMs: nowMs(), key: keys.google() })
  onSecret(token)
  return text(200, token)
}

const flavor = { 'Metadata-Flavor': 'Google', Server: 'Metadata Server for VM' }

function text(status: number, body: string): Answer {
  return { status, headers: { ...flavor, 'Content-Type': 'application/text' }, body }
}

function json(value: object): Answer {
  return { status: 200, headers: { ...flavor, 'Content-Type': 'application/json' }, body: JSON.stringify(value) }
}
