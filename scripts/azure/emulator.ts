import { type Answer, json, readBody, send } from '../aws/exchange.ts'
import { listen, portOf, stop } from '../aws/http-server.ts'
import { decodeJwt, encodeJwt } from '../google/jwt.ts'

/** A managed identity. */
export interface ManagedIdentity {
  clientId: string
  /** The object id of its service principal: the claim `sub`. */
  objectId: string
  /** The claims that a token of a federated issuer must have to be exchanged for one of this identity. */
  federated?: { issuer: string; subject: string }
}

export interface AzureOptions {
  tenantId: string
  /** Application ID URIs of the app registrations of the tenant. */
  resources: string[]
  /** The identities of the machine. */
  identities: ManagedIdentity[]
  /** Called with each token. */
  onSecret?: (secret: string) => void
  /** The emulator's clock, milliseconds since the epoch. */
  nowMs?: () => number
}

export interface Azure {
  /** What AZURE_POD_IDENTITY_AUTHORITY_HOST and AZURE_AUTHORITY_HOST are set to. */
  url: string
  stop(): Promise<void>
}

const federatedAudience = 'api://AzureADTokenExchange'
/** Life of a token of a managed identity. */
const lifeSeconds = 24 * 3600

/**
 * Starts the metadata service of Azure's machines, and the token endpoint of Entra for workload identity. Nobody signed the tokens: the
 * emulated STS verifies none.
 * Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function startAzure({ onSecret = () => {}, nowMs = Date.now, ...tenant }: AzureOptions): Promise<Azure> {
  /** Tokens of managed identities are of version 1.0: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
  function tokenFor({ clientId, objectId }: ManagedIdentity, aud: string): string {
    const iat = Math.floor(nowMs() / 1000)
    const iss = issuerOf(tenant)
    const token = encodeJwt({
      aud,
      iss,
      iat,
      nbf: iat,
      exp: iat + lifeSeconds,
      appid: clientId,
      oid: objectId,
      sub: objectId,
      tid: tenant.tenantId,
      ver: '1.0',
    })
    onSecret(token)
    return token
  }

  const server = await listen({ host: '127.0.0.1', port: 0 }, [
    ['/metadata/', async (request, response) => send(response, metadata(tenant, request.url ?? '', request.headers, tokenFor))],
    ['/', async (request, response) => send(response, entra(tenant, request.url ?? '', await readBody(request), tokenFor))],
  ])
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => stop(server) }
}

/** The issuer of tokens of version 1.0. */
export function issuerOf({ tenantId }: { tenantId: string }): string {
  return `https://sts.windows.net/${tenantId}/`
}

type Tenant = Pick<AzureOptions, 'tenantId' | 'resources' | 'identities'>
type TokenFor = (identity: ManagedIdentity, audience: string) => string

function metadata({ identities, resources }: Tenant, url: string, headers: NodeJS.Dict<string | string[]>, tokenFor: TokenFor): Answer {
  const { pathname, searchParams } = new URL(url, 'http://169.254.169.254')
  if (headers.metadata !== 'true') return refused(400, 'invalid_request', 'Required metadata header not specified')
  if (headers['x-forwarded-for'] !== undefined) return refused(400, 'invalid_request', 'Bad Request')
  if (pathname !== '/metadata/identity/oauth2/token') return refused(404, 'not_found', 'The requested resource is not found')
  const clientId = searchParams.get('client_id')
  const resource = searchParams.get('resource') ?? ''
  if (clientId === null && identities.length > 1) {
    return refused(
      400,
      'invalid_request',
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    )
  }
  const identity = identities.find(each => clientId === null || each.clientId === clientId)
  if (!identity) return refused(400, 'invalid_request', 'Identity not found')
  if (!resources.includes(resource)) return refused(400, 'invalid_resource', unknownResource(resource))
  return json(200, {
    access_token: tokenFor(identity, resource),
    client_id: identity.clientId,
    expires_in: `${lifeSeconds}`,
    resource,
    token_type: 'Bearer',
  })
}

function entra({ tenantId, identities, resources }: Tenant, url: string, body: Buffer, tokenFor: TokenFor): Answer {
  const form = Object.fromEntries(new URLSearchParams(body.toString()))
  if (url !== `/${tenantId}/oauth2/v2.0/token`) return refused(400, 'invalid_request', 'AADSTS90002: Tenant not found.')
  const identity = identities.find(({ clientId }) => clientId === form.client_id)
  if (!identity) return refused(400, 'unauthorized_client', `AADSTS700016: Application with identifier '${form.client_id}' was not found.`)
  const { iss, sub, aud } = decodeJwt(form.client_assertion ?? '')?.claims ?? {}
  const { federated } = identity
  if (iss !== federated?.issuer || sub !== federated?.subject || ![aud].flat().includes(federatedAudience)) {
    return refused(
      401,
      'invalid_client',
      'AADSTS700213: No matching federated identity record found for presented assertion.\r\nTrace ID: 1\r\nCorrelation ID: 2',
    )
  }
  const resource = form.scope?.replace(/\/\.default$/, '') ?? ''
  if (!resources.includes(resource)) return refused(400, 'invalid_resource', unknownResource(resource))
  return json(200, { token_type: 'Bearer', expires_in: lifeSeconds, access_token: tokenFor(identity, resource) })
}

function unknownResource(resource: string): string {
  return `AADSTS500011: The resource principal named ${resource} was not found in the tenant.\r\nTrace ID: 1\r\nCorrelation ID: 2`
}

function refused(status: number, error: string, error_description: string): Answer {
  return json(status, { error, error_description })
}
