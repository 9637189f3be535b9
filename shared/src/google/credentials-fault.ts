import * as z from 'zod'
import { Fault } from '../fault.ts'
import { googleText } from './google-text.ts'
import { networkCode, unreachable } from './google-transport.ts'

/** The error for an environment in which the library finds no credentials that it can use. */
export function noCredentials(cause: unknown, env: NodeJS.ProcessEnv): Fault {
  const file = env.GOOGLE_APPLICATION_CREDENTIALS
  const code = networkCode(cause)
  return new Fault('settings', {
    found: file
      ? `no usable credentials in the file ${file} of GOOGLE_APPLICATION_CREDENTIALS${code === undefined ? '' : ` (${code})`}`
      : 'no Google credentials: no GOOGLE_APPLICATION_CREDENTIALS, no usable file of gcloud, and no metadata server',
    wanted: 'Application Default Credentials',
    todo: file
      ? 'Let it name a readable JSON file of a service account, of gcloud or of workload identity federation.'
      : 'Run `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS, or run on Google Cloud with a service account.',
    cause,
  })
}

/** The error for credentials for which there is no access token. Google's own text is on one line, and without tokens. */
export function credentialsFault(cause: unknown, env: NodeJS.ProcessEnv): Fault {
  const file = env.GOOGLE_APPLICATION_CREDENTIALS
  const { response, config } = failedRequest.parse(cause)
  if (response === undefined) {
    return networkCode(cause) === undefined
      ? noCredentials(cause, env)
      : unreachable(String(config?.url ?? 'https://googleapis.com'), cause)
  }
  const { code, text } = googleText(response.data)
  const reason = [`HTTP ${response.status}`, code, text].filter(part => part !== undefined).join(', ')
  return new Fault('transient', {
    code: code ?? `HTTP${response.status}`,
    found: `that Google refuses the credentials of this environment${file ? ` (${file})` : ''}: ${reason}`,
    wanted: 'an access token',
    todo: adviceFor(code),
    cause,
  })
}

/** The library's error. It is parsed, because the library hands on its fields in errors of other classes. */
const failedRequest = z
  .object({
    response: z.object({ status: z.number(), data: z.unknown() }).optional(),
    config: z.object({ url: z.unknown() }).optional(),
  })
  .catch({})

/** https://datatracker.ietf.org/doc/html/rfc6749#section-5.2 */
function adviceFor(code: string | undefined): string {
  if (code === 'invalid_grant') {
    return 'Run `gcloud auth application-default login` again; for a key of a service account, check that the key exists, and this machine’s clock.'
  }
  if (code === 'invalid_client') return 'The OAuth client of the file was deleted: run `gcloud auth application-default login` again.'
  return 'Check the service account that this environment runs as, and its rights.'
}
