import { certificateAdvice, codeOf, networkCodes } from './aws/aws-fault.ts'
import { isCertificateProblem } from './certificate-problem.ts'
import { type Claims, conditionsOf, describeClaims, federatedPrincipal, isBuiltIn } from './claims.ts'
import { Fault } from './fault.ts'
import { formatTime } from './time.ts'

/** The exchange that AWS refused. */
export interface RefusedExchange {
  roleArn: string
  region: string
  durationSeconds: number | undefined
  claims: Claims
  nowMs: number
}

interface Advice {
  wanted: string
  todo: string
}

/**
 * The error for a refused AssumeRoleWithWebIdentity. It names the claims of the token and the conditions that they fulfil. AWS's own text
 * is kept only in `cause`, because it may quote the token.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
 */
export function exchangeRefusal(error: unknown, exchange: RefusedExchange): Fault {
  if (error instanceof Fault) return error
  const { roleArn, region, claims } = exchange
  const code = codeOf(error).replace(/Exception$/, '')
  const call = `sts:AssumeRoleWithWebIdentity in ${region} (role ${roleArn})`
  const network = networkAdvice(code)
  const found =
    network === undefined
      ? `that AWS refuses the token: ${code} from ${call}, for a token with ${describeClaims(claims)}`
      : `${code} from ${call}`
  return new Fault('transient', { code, found, ...(network ?? adviceFor(code, exchange)), cause: error })
}

function adviceFor(code: string, exchange: RefusedExchange): Advice {
  const { roleArn, claims, durationSeconds } = exchange
  const principal = federatedPrincipal(claims, roleArn)
  if (code === 'AccessDenied') {
    return {
      wanted: `a role whose trust policy allows sts:AssumeRoleWithWebIdentity to the principal ${principal}, and whose conditions, if they use these keys, are ${conditions(claims)}`,
      todo: 'Correct the trust policy, or get a token with the claims that it names. AWS also answers this for a role that does not exist.',
    }
  }
  if (code === 'InvalidIdentityToken') {
    return isBuiltIn(claims)
      ? {
          wanted: `a valid token of Google with ${conditions(claims)}`,
          todo: "Check the token's audience, and that it is an identity token.",
        }
      : {
          wanted: `the OIDC provider ${principal}, with ${audienceOf(claims)} among its audiences (client IDs)`,
          todo: 'Create the provider, or add the audience to it. Its issuer must be reachable from AWS, and sign with the keys that it publishes.',
        }
  }
  if (code === 'ExpiredToken') return expiredAdvice(exchange)
  if (code === 'IDPRejectedClaim') {
    return {
      wanted: 'a token whose claims its issuer accepts',
      todo: 'Get a new token: AWS reports that this one has expired or was revoked.',
    }
  }
  if (code === 'IDPCommunicationError') {
    return { wanted: `the keys of the issuer ${claims.iss ?? ''}`, todo: 'Can AWS reach the issuer from the Internet? Try again.' }
  }
  if (code === 'ValidationError' && durationSeconds !== undefined) {
    return {
      wanted: `a duration of at most the role's maximum session duration, found ${durationSeconds} s`,
      todo: 'Shorten --duration, or raise MaxSessionDuration of the role (aws iam update-role --max-session-duration).',
    }
  }
  if (code === 'RegionDisabled')
    return { wanted: 'a region that the account has enabled', todo: 'Set AWS_REGION to another region, or enable it.' }
  return { wanted: 'the credentials of the role', todo: 'If it persists, see https://health.aws.amazon.com.' }
}

function expiredAdvice({ claims: { iat, exp }, nowMs }: RefusedExchange): Advice {
  const times = `issued ${shownTime(iat)}, expires ${shownTime(exp)}; this machine's clock: ${formatTime(nowMs)}`
  return exp !== undefined && exp * 1000 > nowMs
    ? {
        wanted: `a token that is valid by AWS's clock (${times})`,
        todo: "By this machine's clock it is valid, so the clock is wrong, or the issuer's is: set it (NTP).",
      }
    : { wanted: `a token that has not expired (${times})`, todo: 'Get a new token from its issuer.' }
}

function networkAdvice(code: string): Advice | undefined {
  const wanted = 'an answer'
  if (isCertificateProblem(code)) return { wanted, todo: certificateAdvice }
  if (networkCodes.has(code) || code === 'ERR_PROXY_TUNNEL' || /Timeout/.test(code)) {
    return { wanted, todo: 'Can this machine reach AWS (network policy, HTTPS_PROXY, NO_PROXY, DNS), and is AWS_REGION a region?' }
  }
  if (code === 'MalformedResponse') {
    return { wanted, todo: 'Does something between this machine and AWS change answers (a proxy, AWS_ENDPOINT_URL)?' }
  }
  return /Throttl|TooManyRequests/.test(code) ? { wanted, todo: 'AWS limits calls per account and region: try again later.' } : undefined
}

function conditions(claims: Claims): string {
  return conditionsOf(claims)
    .map(([key, value]) => `${key} = ${JSON.stringify(value.slice(0, 200))}`)
    .join(', ')
}

function audienceOf({ aud, azp }: Claims): string {
  return JSON.stringify(azp ?? aud.join(' '))
}

function shownTime(seconds: number | undefined): string {
  return seconds === undefined ? 'at an unknown time' : formatTime(seconds * 1000)
}
