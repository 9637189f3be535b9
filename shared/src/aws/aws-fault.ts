import { isCertificateProblem } from '../certificate-problem.ts'
import { Fault } from '../fault.ts'

/** The call that exchanges a web identity token for credentials. */
export const webIdentityAction = 'sts:AssumeRoleWithWebIdentity'

/** The call that limits the credentials of an identity that assumes no role. */
export const scopedCredentialsAction = 'sts:GetScopedCredentials'

/** The failed call, which a reader needs in addition to AWS's code. */
export interface AwsCall {
  /** As in an IAM policy: `ecr:GetAuthorizationToken`. */
  action: string
  /** The tenant of the webhook. */
  tenant?: string | undefined
  /** The program that calls, for messages. By default it is `the webhook`. */
  caller?: string | undefined
  roleArn?: string | undefined
  region: string
}

/**
 * Creates a message for an error of an AWS client. AWS's own text is kept only in `cause`, because it may quote an answer with a token.
 *
 * @returns a Fault `transient` with AWS's or Node's code; a Fault is returned as it is
 */
export function awsFault(error: unknown, call: AwsCall): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  return new Fault('transient', {
    code,
    found: `${code} from ${nameOf(call)}`,
    wanted: call.action.endsWith('AuthorizationToken') ? 'a token' : 'an answer',
    todo: advice(code, call),
    cause: error,
  })
}

/** The name of a call in messages. */
export function nameOf({ action, tenant, roleArn, region }: AwsCall): string {
  return `${action} in ${region}${tenant === undefined ? '' : ` for tenant ${tenant}`}${roleArn === undefined ? '' : ` (role ${roleArn})`}`
}

/** Whether AWS reported that credentials are expired or unknown. New credentials may be available by now. */
export function refusesCredentials(error: unknown): boolean {
  return error instanceof Fault && /ExpiredToken|InvalidClientTokenId|UnrecognizedClient/.test(error.code)
}

/** AWS's error code, Node's code for a network error, or else the kind of error. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError'
  const { name, code } = error as Error & { code?: unknown }
  if (name === 'AbortError') return 'Timeout'
  if (['Error', 'AggregateError', 'TimeoutError'].includes(name) && typeof code === 'string') return code
  // The SDK's parsers throw these for an answer that is not JSON or XML.
  return name === 'SyntaxError' || name === 'Error' ? 'MalformedResponse' : name
}

/** Node's codes for a host that cannot be reached. */
const networkCodes: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
])

const fileCodes = new Set(['ENOENT', 'EACCES', 'EISDIR'])

/**
 * What to do if AWS did not answer, or if something else did.
 *
 * @returns undefined for an error of AWS
 */
export function connectionAdvice(code: string, { caller, region }: { caller: string; region: string }): string | undefined {
  if (code === 'MalformedResponse') {
    return `If it persists: does something between ${caller} and AWS change answers (a proxy, AWS_ENDPOINT_URL)?`
  }
  if (isCertificateProblem(code)) return 'Does a proxy present its own certificate? Let AWS_CA_BUNDLE name a file with its CA.'
  if (code === 'ERR_PROXY_TUNNEL')
    return 'The proxy refuses, or cannot be reached: check HTTPS_PROXY with its user and password, and NO_PROXY.'
  if (code === 'ENOTFOUND') return `Is ${region} a region of AWS, and can ${caller} resolve its hosts?`
  if (networkCodes.has(code) || /Timeout/.test(code)) return `Can ${caller} reach AWS (network policy, proxy, DNS)?`
  return undefined
}

function advice(code: string, { action, roleArn, region, caller = 'the webhook' }: AwsCall): string {
  const who = roleArn ?? `${caller}'s principal`
  if (action === scopedCredentialsAction && !networkCodes.has(code) && !/Timeout|Throttl/.test(code)) {
    return `A tenant with repositories but without a role needs temporary credentials, and a region and SDK of AWS that offer this call. Otherwise, give the tenant a roleArn.`
  }
  if (/AccessDenied|NotAuthorized/.test(code)) {
    if (action === 'sts:AssumeRole') return `Let the trust policy of ${who} name ${caller}'s principal, with the same external id.`
    return action === webIdentityAction
      ? `Let the trust policy of ${who} name the token's issuer, audience and subject.`
      : `Allow ${action} on * to ${who}.`
  }
  if (/IdentityToken/.test(code)) return "Create an OIDC provider for the token's issuer, with its audience, in the role's account."
  if (fileCodes.has(code)) return `Is the identity's token file mounted, and may the user of ${caller} read it?`
  // AWS uses the same codes for an unknown key and for a region that the account has not enabled.
  if (/InvalidClientTokenId|UnrecognizedClient|OptInRequired|RegionDisabled/.test(code)) {
    return `Check ${caller}'s AWS credentials. Has their account enabled the region ${region}?`
  }
  if (/Expired|SignatureDoesNotMatch|InvalidSignature/.test(code)) {
    return `Check ${caller}'s AWS credentials and this machine's clock.`
  }
  if (code === 'CredentialsProviderError') {
    return `Give ${caller} an AWS identity: a web identity token file, a credentials Secret, or a role of the machine.`
  }
  if (/Throttl|TooManyRequests|LimitExceeded/.test(code)) return 'AWS limits calls per account and region. It is retried automatically.'
  const connection = connectionAdvice(code, { caller, region })
  if (code === 'MalformedResponse') return `It is retried automatically. ${connection}`
  return connection ?? 'It is retried automatically. If it persists, see https://health.aws.amazon.com.'
}
