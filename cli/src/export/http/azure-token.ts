import { Fault } from '@ecr-anywhere/shared/fault.ts'
import * as z from 'zod'
import type { AzureSource } from '../source.ts'
import { type JsonAnswer, sendJson } from './send-json.ts'

const tokenSchema = z.object({ access_token: z.string().min(1) })
/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#error-response */
const errorSchema = z.object({ error: z.string(), error_description: z.string().optional() }).partial().catch({})

interface Refused {
  side: string
  todo: string
}

/**
 * A token of the managed identity of this machine, from the metadata service.
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 *
 * @throws Fault `transient` if there is none
 */
export async function managedIdentityToken({ audience, clientId, metadataUrl }: AzureSource): Promise<string> {
  const query = new URLSearchParams({
    'api-version': '2018-02-01',
    resource: audience,
    ...(clientId !== undefined && { client_id: clientId }),
  })
  const url = `${metadataUrl.replace(/\/$/, '')}/metadata/identity/oauth2/token?${query}`
  const answer = await sendJson({ url, headers: { metadata: 'true' }, proxyEnv: undefined })
  return tokenOf(answer, {
    side: "Azure's metadata service",
    todo: `Give this machine a managed identity (with several, set AZURE_CLIENT_ID), and let ${JSON.stringify(audience)} be the application ID URI of an app registration of the tenant.`,
  })
}

/**
 * A token of the identity that AKS's workload identity stands for: the token in the file is exchanged at Entra.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential
 *
 * @param assertion the content of AZURE_FEDERATED_TOKEN_FILE
 * @throws Fault `transient` if there is none
 */
export async function workloadIdentityToken(
  { audience, clientId = '' }: AzureSource,
  {
    assertion,
    authorityUrl,
    tenantId,
    proxyEnv,
  }: { assertion: string; authorityUrl: string; tenantId: string; proxyEnv: NodeJS.ProcessEnv },
): Promise<string> {
  const answer = await sendJson({
    url: `${authorityUrl.replace(/\/$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
    form: {
      grant_type: 'client_credentials',
      client_id: clientId,
      scope: `${audience}/.default`,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    },
    proxyEnv,
  })
  return tokenOf(answer, {
    side: 'Microsoft Entra',
    todo: `Check the federated credential of the identity ${clientId} (issuer, subject, audience), and that ${JSON.stringify(audience)} is the application ID URI of an app registration of the tenant.`,
  })
}

function tokenOf({ status, body }: JsonAnswer, { side, todo }: Refused): string {
  const token = tokenSchema.safeParse(body).data?.access_token
  if (status === 200 && token !== undefined) return token
  const { error, error_description: description } = errorSchema.parse(body)
  // Entra's descriptions go on with trace ids on further lines.
  const reason = [`HTTP ${status}`, error, description?.split(/[\r\n]/, 1)[0]?.slice(0, 300)].filter(part => part !== undefined)
  throw new Fault('transient', {
    code: error ?? `HTTP${status}`,
    found: `that ${side} refuses a token: ${reason.join(', ')}`,
    wanted: 'an access token of the identity',
    todo,
  })
}
