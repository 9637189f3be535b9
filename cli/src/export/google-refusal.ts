import { formatDuration } from '@ecr-anywhere/shared/duration.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { googleText } from '@ecr-anywhere/shared/google/google-text.ts'
import { z } from 'zod'

/** An answer of Google's that is not what was asked for. */
export interface RefusedAnswer {
  status: number
  body: unknown
  /** How far this machine's clock is ahead of Google's, by the Date of the answer. Negative if it is behind. */
  aheadMs: number
}

/** https://cloud.google.com/apis/design/errors#error_details */
const detailsSchema = z.object({
  error: z.object({
    details: z.array(
      z.object({
        reason: z.string().optional(),
        metadata: z.record(z.string(), z.string()).optional(),
        links: z.array(z.object({ url: z.string() })).optional(),
      }),
    ),
  }),
})

/** Google accepts a JWT whose `iat` is a little in the future. A difference of more than this is worth a hint. */
const clockToleranceMs = 60_000

/** The error for a refused signJwt. https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt */
export function signingRefusal(answer: RefusedAnswer, serviceAccount: string): Fault {
  return refusal(answer, {
    what: `signs no JWT as ${serviceAccount} (IAM Credentials signJwt)`,
    wanted: `the permission iam.serviceAccounts.signJwt on ${serviceAccount} for the identity that this environment has at Google`,
    todo: signingAdvice(answer, serviceAccount),
  })
}

/** The error for a refused exchange of the signed JWT. */
export function exchangeRefusal(
  answer: RefusedAnswer,
  { iss, aud, audience, iat, exp }: { iss: string; aud: string; audience: string; iat: number; exp: number },
): Fault {
  const times = `iat ${new Date(iat * 1000).toISOString()}, exp ${new Date(exp * 1000).toISOString()}`
  return refusal(answer, {
    what: `gives no identity token for the signed JWT with iss ${JSON.stringify(iss)}, aud ${JSON.stringify(aud)}, target_audience ${JSON.stringify(audience)}, ${times}`,
    wanted: 'an identity token',
    todo: 'Check that the service account is enabled, the target audience, and the clock of this machine.',
  })
}

function refusal(answer: RefusedAnswer, { what, wanted, todo }: { what: string; wanted: string; todo: string }): Fault {
  const { status, body, aheadMs } = answer
  const { code, text } = googleText(body)
  const reason = [`HTTP ${status}`, code, text].filter(part => part !== undefined).join(', ')
  const isClockWrong = Math.abs(aheadMs) > clockToleranceMs
  return new Fault('transient', {
    code: reasonOf(body) ?? code ?? `HTTP${status}`,
    found: `that Google ${what}: ${reason}${isClockWrong ? `; this machine's clock is ${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} Google's` : ''}`,
    wanted,
    todo: isClockWrong ? "Set this machine's clock (NTP)." : todo,
  })
}

function signingAdvice(answer: RefusedAnswer, serviceAccount: string): string {
  const { status, body } = answer
  if (reasonOf(body) === 'SERVICE_DISABLED') {
    return `Enable the IAM Service Account Credentials API: ${activationLink(body) ?? 'gcloud services enable iamcredentials.googleapis.com'} .`
  }
  if (status === 404) return 'There is no such service account: check --gcp-service-account (GCP_SERVICE_ACCOUNT).'
  if (status === 403) {
    return `Grant it: gcloud iam service-accounts add-iam-policy-binding ${serviceAccount} --role roles/iam.serviceAccountTokenCreator --member … . Google also answers this for a service account that does not exist.`
  }
  if (status === 401)
    return 'Google does not accept the access token: run `gcloud auth application-default login` again, or check the credentials.'
  if (status === 429 || status >= 500) return 'Try again.'
  return 'Check the service account: is it enabled?'
}

function reasonOf(body: unknown): string | undefined {
  return detailsOf(body).find(({ reason }) => reason !== undefined)?.reason
}

/** The link of Google's console that enables the API. */
function activationLink(body: unknown): string | undefined {
  const details = detailsOf(body)
  const url = details.flatMap(({ metadata, links = [] }) => [metadata?.activationUrl, ...links.map(link => link.url)]).find(Boolean)
  return url !== undefined && /^https:\/\/console\.(?:developers|cloud)\.google\.com\/[\w./?=&%-]+$/.test(url) ? url : undefined
}

function detailsOf(body: unknown) {
  return detailsSchema.safeParse(body).data?.error.details ?? []
}
