import { formatDuration } from '@ecr-anywhere/shared/duration.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { googleFault } from '@ecr-anywhere/shared/google/google-fault.ts'
import { googleText } from '@ecr-anywhere/shared/google/google-text.ts'
import type { GoogleRequest } from '@ecr-anywhere/shared/google/google-transport.ts'

/** An answer of Google's that is not what was asked for. */
export interface RefusedAnswer {
  status: number
  body: unknown
  /** How far this machine's clock is ahead of Google's, by the Date of the answer. Negative if it is behind. */
  aheadMs: number
}

/** Google accepts a JWT whose `iat` is a little in the future. A difference of more than this is worth a hint. */
const clockToleranceMs = 60_000

/** @returns the address of signJwt, without a body */
export function signingRequest(serviceAccount: string): GoogleRequest {
  const account = encodeURIComponent(serviceAccount)
  return { method: 'POST', url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:signJwt` }
}

/** The error for a refused signJwt. https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt */
export function signingRefusal(answer: RefusedAnswer, serviceAccount: string): Fault {
  return refusal(answer, signingRequest(serviceAccount), {
    what: `signs no JWT as ${serviceAccount} (IAM Credentials signJwt)`,
    ...signingAdvice(answer, serviceAccount),
  })
}

/** The error for a refused exchange of the signed JWT. */
export function exchangeRefusal(
  answer: RefusedAnswer,
  { iss, aud, audience, iat, exp }: { iss: string; aud: string; audience: string; iat: number; exp: number },
): Fault {
  const times = `iat ${new Date(iat * 1000).toISOString()}, exp ${new Date(exp * 1000).toISOString()}`
  return refusal(
    answer,
    { method: 'POST', url: aud },
    {
      what: `gives no identity token for the signed JWT with iss ${JSON.stringify(iss)}, aud ${JSON.stringify(aud)}, target_audience ${JSON.stringify(audience)}, ${times}`,
      wanted: 'an identity token',
      todo: 'Check that the service account is enabled, the target audience, and the clock of this machine.',
    },
  )
}

interface Context {
  what: string
  wanted: string
  /** Instead of the general advice for Google's code. */
  todo: string | undefined
}

function refusal({ status, body, aheadMs }: RefusedAnswer, request: GoogleRequest, { what, wanted, todo }: Context): Fault {
  const general = googleFault({ status, body }, request)
  const { text } = googleText(body)
  const reason = [`HTTP ${status}`, general.code, text?.replace(/\.$/, '')].filter(part => part !== undefined).join(', ')
  const isClockWrong = Math.abs(aheadMs) > clockToleranceMs
  const clock = `; this machine's clock is ${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} Google's`
  return new Fault('transient', {
    code: general.code,
    found: `that Google ${what}: ${reason}${isClockWrong ? clock : ''}`,
    wanted,
    todo: isClockWrong ? "Set this machine's clock (NTP)." : (todo ?? general.text.todo),
  })
}

function signingAdvice({ status, body }: RefusedAnswer, serviceAccount: string): Pick<Context, 'wanted' | 'todo'> {
  const wanted = 'a signed JWT'
  if (status === 404) return { wanted, todo: 'There is no such service account: correct --gcp-service-account (GCP_SERVICE_ACCOUNT).' }
  const { code } = googleFault({ status, body }, signingRequest(serviceAccount))
  if (status !== 403 || code === 'SERVICE_DISABLED') return { wanted, todo: undefined }
  return {
    wanted: `the permission iam.serviceAccounts.signJwt on ${serviceAccount} for the identity that this environment has at Google`,
    todo: `Grant roles/iam.serviceAccountTokenCreator on it: gcloud iam service-accounts add-iam-policy-binding ${serviceAccount} --role roles/iam.serviceAccountTokenCreator --member MEMBER. Google also answers this if there is no such service account.`,
  }
}
