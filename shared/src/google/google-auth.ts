import { type AuthClient, GoogleAuth } from 'google-auth-library'
import { credentialsFault, noCredentials } from './credentials-fault.ts'
import { type GoogleAnswer, type GoogleRequest, type GoogleTransport, googleTransport, send } from './google-transport.ts'

/** Requests with the credentials of this environment. */
export interface Authorized {
  /**
   * @returns the answer, of any status
   * @throws Fault `settings` if there are no credentials; `transient` if Google refuses them, or does not answer
   */
  request: (request: GoogleRequest) => Promise<GoogleAnswer>
}

/** The scope of all Google Cloud APIs. IAM decides what is allowed: https://cloud.google.com/docs/authentication#authorization-gcp */
const scopes = ['https://www.googleapis.com/auth/cloud-platform']

/**
 * Application Default Credentials: the file in GOOGLE_APPLICATION_CREDENTIALS, the one of `gcloud auth application-default login`, or the
 * service account of this machine. https://cloud.google.com/docs/authentication/application-default-credentials
 *
 * They are looked for with the first request, in the variables of this process, which the library reads itself.
 *
 * @param env a record of variables, such as process.env, for messages
 * @param endpoint GOOGLE_ENDPOINT_URL, the base URL of all Google calls
 */
export function googleAuth({ env, endpoint }: { env: NodeJS.ProcessEnv; endpoint: string | undefined }): Authorized {
  const transporter = googleTransport(endpoint)
  // Without a project, the library would run gcloud to find one, and ask the metadata server. No call here needs it.
  const auth = new GoogleAuth({ scopes, projectId: 'unused', clientOptions: { transporter } })
  let client: Promise<AuthClient> | undefined

  async function found(): Promise<AuthClient> {
    try {
      const found = await auth.getClient()
      for (const sender of senders(found)) sender.transporter = transporter
      return found
    } catch (cause) {
      throw noCredentials(cause, env)
    }
  }

  async function credentials(url: string): Promise<Headers> {
    client ??= found()
    const present = await client
    try {
      return await present.getRequestHeaders(url)
    } catch (cause) {
      throw credentialsFault(cause, env)
    }
  }

  return { request: async request => send(transporter, request, await credentials(request.url)) }
}

/**
 * Everything of the library that sends requests for these credentials. `clientOptions` do not reach the source credentials of a file with
 * `impersonated_service_account`, nor the exchange of a file with `external_account`.
 */
function senders(client: object): { transporter: GoogleTransport }[] {
  const parts = ['sourceClient', 'stsCredential'].map(name => Reflect.get(client, name)).filter(part => part instanceof Object)
  return [client as AuthClient, ...parts.flatMap(senders)]
}
