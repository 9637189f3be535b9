import { googleAuth } from '@ecr-anywhere/shared/google/google-auth.ts'
import { type GoogleAnswer, googleTransport, send } from '@ecr-anywhere/shared/google/google-transport.ts'
import * as z from 'zod'
import { exchangeRefusal, signingRefusal, signingRequest } from '../google-refusal.ts'
import { retrying } from '../http/retrying.ts'
import type { GoogleSource } from '../source.ts'

/** The audience of the signed JWT, and the address that it is sent to. */
const tokenUrl = 'https://www.googleapis.com/oauth2/v4/token'
const lifeSeconds = 3600

const signedSchema = z.object({ signedJwt: z.string().min(1) })
const exchangedSchema = z.object({ id_token: z.string().min(1) })

/**
 * An identity token of a Google service account for an audience: IAM Credentials signs a JWT as that account, and the token endpoint
 * exchanges it. The token has the account's email as `azp`, as AWS's `aud` requires it; a token from generateIdToken has another `azp`.
 * https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt
 * https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 *
 * @throws Fault `settings` if there are no Google credentials, `transient` if Google refuses
 */
export async function googleToken(
  { serviceAccount, audience }: GoogleSource,
  { env, nowMs }: { env: NodeJS.ProcessEnv; nowMs: () => number },
): Promise<string> {
  const endpoint = env.GOOGLE_ENDPOINT_URL
  const authorized = googleAuth({ env, endpoint })
  const iat = Math.floor(nowMs() / 1000)
  const claims = { iss: serviceAccount, aud: tokenUrl, target_audience: audience, iat, exp: iat + lifeSeconds }
  const signed = await asked(() => authorized.request({ ...signingRequest(serviceAccount), body: { payload: JSON.stringify(claims) } }))
  const assertion = signedSchema.safeParse(signed.body).data?.signedJwt
  if (signed.status !== 200 || assertion === undefined) throw signingRefusal(refusedAnswer(signed, nowMs()), serviceAccount)
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
  const exchanged = await asked(() => send(googleTransport(endpoint), { method: 'POST', url: tokenUrl, form: grant }))
  const token = exchangedSchema.safeParse(exchanged.body).data?.id_token
  if (exchanged.status !== 200 || token === undefined) throw exchangeRefusal(refusedAnswer(exchanged, nowMs()), { ...claims, audience })
  return token
}

function asked(request: () => Promise<GoogleAnswer>) {
  return retrying(async () => {
    const answer = await request()
    return { ...answer, retryAfter: answer.headers.get('retry-after') ?? undefined }
  })
}

/** @returns the answer, with the difference between Google's clock and this machine's, by the answer's Date */
function refusedAnswer({ status, body, headers }: GoogleAnswer, nowMs: number) {
  const googleMs = Date.parse(headers.get('date') ?? '')
  return { status, body, aheadMs: Number.isNaN(googleMs) ? 0 : nowMs - googleMs }
}
