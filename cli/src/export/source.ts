import { type OptionValues, shown } from './option-values.ts'
import type { SourceName } from './options.ts'

/** Where the identity token comes from, with all that is needed to get it. */
export type Source = GoogleSource | GithubSource | FileSource | AzureSource | KubernetesSource

export interface GoogleSource {
  name: 'google'
  /** The email of the service account that signs. */
  serviceAccount: string
  audience: string
}

export interface GithubSource {
  name: 'github'
  requestUrl: string
  requestToken: string
  audience: string
}

export interface FileSource {
  name: 'file'
  /** `-` for stdin. */
  tokenFile: string
}

export interface AzureSource {
  name: 'azure'
  audience: string
  /** Of a user-assigned managed identity. */
  clientId: string | undefined
  /** The base URL of the metadata service. */
  metadataUrl: string
  /** Instead of the metadata service: workload identity, whose token is exchanged at Entra. */
  workloadIdentity: { authorityUrl: string; tenantId: string; tokenFile: string } | undefined
}

export interface KubernetesSource {
  name: 'kubernetes'
  audience: string
  namespace: string
  serviceAccount: string
}

/** The audience that AWS's own tools use. */
const awsAudience = 'sts.amazonaws.com'

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
const azureMetadataUrl = 'http://169.254.169.254'
const azureAuthorityUrl = 'https://login.microsoftonline.com'

/** Reads what one source needs. Everything that is missing is reported as a problem. */
export function readSource(name: SourceName, values: OptionValues): Source {
  return readers[name](values)
}

const readers: Record<SourceName, (values: OptionValues) => Source> = {
  google: ({ required }) => ({
    name: 'google',
    serviceAccount: required('gcpServiceAccount', /^[^@\s/]+@[^@\s/]+$/),
    audience: required('targetAudienceUrl'),
  }),
  github: ({ value, problem, env }) => {
    const wanted = "GitHub's variable, which a job with `permissions: id-token: write` has"
    const given = (variable: string) => env[variable] || void problem(`${variable}: found nothing, wanted ${wanted}`) || ''
    const requestToken = given('ACTIONS_ID_TOKEN_REQUEST_TOKEN')
    const requestUrl = given('ACTIONS_ID_TOKEN_REQUEST_URL')
    if (requestUrl !== '' && !isHttpUrl(requestUrl))
      problem('ACTIONS_ID_TOKEN_REQUEST_URL: found no URL, wanted the one that the runner sets')
    return { name: 'github', requestUrl, requestToken, audience: value('targetAudienceUrl') ?? awsAudience }
  },
  file: ({ required, problem }) => {
    const tokenFile = required('tokenFile')
    if (/^eyJ/.test(tokenFile)) problem(`--token-file: found ${shown(tokenFile)}, wanted the path of a file with the token, not the token`)
    return { name: 'file', tokenFile }
  },
  azure: ({ required, problem, env }) => {
    const { AZURE_FEDERATED_TOKEN_FILE: tokenFile, AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = env
    const audience = required('targetAudienceUrl')
    if (tokenFile) {
      for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'])
        if (!env[name]) problem(`${name}: found nothing, wanted it together with AZURE_FEDERATED_TOKEN_FILE`)
    }
    const workloadIdentity = tokenFile
      ? { authorityUrl: env.AZURE_AUTHORITY_HOST || azureAuthorityUrl, tenantId: tenantId ?? '', tokenFile }
      : undefined
    // The variable by which Azure's own libraries find another address of the metadata service.
    const metadataUrl = env.AZURE_POD_IDENTITY_AUTHORITY_HOST || azureMetadataUrl
    return { name: 'azure', audience, clientId: clientId || undefined, metadataUrl, workloadIdentity }
  },
  kubernetes: ({ required, value }) => {
    const [namespace = '', serviceAccount = ''] = required('serviceAccount', /^[a-z0-9.-]+\/[a-z0-9.-]+$/).split('/')
    return { name: 'kubernetes', audience: value('targetAudienceUrl') ?? awsAudience, namespace, serviceAccount }
  },
}

function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '')
}
