import { type Answer, type Handler, send } from './exchange.ts'
import { accountOf, type Policy } from './principals.ts'
import { allows } from './session-policy.ts'
import type { Grant, Tokens } from './tokens.ts'
import { forward } from './upstream.ts'

export interface RegistryWorld {
  tokens: Tokens
  policy: (identityArn: string) => Policy
  nowMs: () => number
  /** The address of a plain HTTP registry that serves the accepted requests. */
  upstream: string | undefined
}

interface Asked {
  host: string
  /** The path, such as `/v2/team-a/app/manifests/latest`. */
  path: string
  authorization: string | undefined
}

const apiVersion = { 'Docker-Distribution-Api-Version': 'registry/2.0' }

/** Serves `/v2/` of every registry. X-Forwarded-Host, or else the Host header, names the registry. */
export function registryEndpoint(world: RegistryWorld): Handler {
  return async (request, response) => {
    const host = String(request.headers['x-forwarded-host'] ?? request.headers.host ?? '').toLowerCase()
    const { pathname: path } = new URL(request.url ?? '/', 'http://registry')
    const refusal = refuse(world, { host, path, authorization: request.headers.authorization })
    if (refusal) {
      // An unread body, such as a pushed layer, would block the next request on the connection.
      request.resume()
      return send(response, refusal)
    }
    if (world.upstream) return forward(request, response, { upstream: world.upstream, host })
    const found = request.url === '/v2/' || request.url === '/v2'
    send(response, found ? { status: 200, headers: { ...apiVersion, 'Content-Type': 'application/json' }, body: '{}' } : nothingHere(host))
  }
}

/** @returns the error with which the registry rejects the request, or undefined. Times are compared in whole seconds, as in tokens. */
function refuse({ tokens, policy, nowMs }: RegistryWorld, { host, path, authorization }: Asked): Answer | undefined {
  const registry = parseHost(host)
  if (!registry) return nothingHere(host)
  const grant = tokens.read(password(authorization))
  if (!grant || grant.reach !== registry.reach) return unauthorized(host, 'UNAUTHORIZED', 'authentication required')
  if (grant.expiresAt * 1000 <= nowMs()) {
    return unauthorized(host, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.')
  }
  if (!mayRead(grant, registry.account, policy)) return denied(grant, registry)
  const [, repository] = /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\//.exec(path) ?? []
  return repository === undefined || mayPull(grant, registry, repository) ? undefined : denied(grant, registry, repository)
}

/** The scope of its tokens, and the account that owns the registry. ECR Public has no account. */
interface Registry {
  reach: string
  account: string | undefined
}

function parseHost(host: string): Registry | undefined {
  const name = host.replace(/:\d+$/, '')
  if (name === 'public.ecr.aws' || name === 'ecr-public.aws.com') return { reach: 'public', account: undefined }
  const [, account, region] = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:[a-z-]+\.)+[a-z]+$/.exec(name) ?? []
  return region === undefined ? undefined : { reach: region, account }
}

function password(authorization: string | undefined): string {
  const [, basic = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? []
  const [user, secret = ''] = Buffer.from(basic, 'base64').toString().split(':')
  return user === 'AWS' ? secret : ''
}

function mayRead({ identityArn }: Grant, account: string | undefined, policy: RegistryWorld['policy']): boolean {
  const { mayRead: accounts } = policy(identityArn)
  return account === undefined || accounts === undefined || accounts.includes(account)
}

/** A session policy limits the repositories. ECR Public has no such limit, because everybody may pull from it. */
function mayPull({ policies, arn }: Grant, { reach, account }: Registry, repository: string): boolean {
  const [, partition] = arn.split(':')
  return account === undefined || allows(policies, 'ecr:BatchGetImage', `arn:${partition}:ecr:${reach}:${account}:repository/${repository}`)
}

function unauthorized(host: string, code: string, message: string): Answer {
  return refusal(401, { code, message, headers: { 'Www-Authenticate': `Basic realm="https://${host}/",service="ecr.amazonaws.com"` } })
}

function denied({ arn }: Grant, { reach, account = accountOf(arn) }: Registry, repository = '*'): Answer {
  const resource = `arn:aws:ecr:${reach}:${account}:repository/${repository}`
  const message = `User: ${arn} is not authorized to perform: ecr:BatchGetImage on resource: ${resource}`
  return refusal(403, { code: 'DENIED', message: `${message} because no resource-based policy allows the ecr:BatchGetImage action` })
}

function nothingHere(host: string): Answer {
  return refusal(404, {
    code: 'NAME_UNKNOWN',
    message: `nothing is served here for host ${host}: wanted an ECR registry's, and an upstream for its images`,
  })
}

function refusal(status: number, { code, message, headers }: { code: string; message: string; headers?: Record<string, string> }): Answer {
  const body = `${JSON.stringify({ errors: [{ code, message }] })}\n`
  return { status, headers: { ...apiVersion, 'Content-Type': 'application/json; charset=utf-8', ...headers }, body }
}
