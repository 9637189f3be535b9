import { Fault } from '../fault.ts'

/** Which call failed, for whom: what the reader needs besides AWS's code. */
export interface AwsCall {
  /** As in an IAM policy: `ecr:GetAuthorizationToken`. */
  action: string
  tenant: string
  roleArn?: string | undefined
  region: string
}

/**
 * Turns what an AWS client threw into a sentence. AWS's own text stays in `cause`, unread: a parser's error may quote the answer, and with it a token.
 *
 * @returns a Fault `passing` with AWS's or Node's code; a Fault is returned as it is
 */
export function awsFault(error: unknown, call: AwsCall): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  const { action, tenant, roleArn, region } = call
  return new Fault('passing', {
    code,
    found: `${code} from ${action} in ${region} for tenant ${tenant}${roleArn === undefined ? '' : ` (role ${roleArn})`}`,
    wanted: action.endsWith('AuthorizationToken') ? 'a token' : 'an answer',
    todo: advice(code, call),
    cause: error,
  })
}

/** AWS's error code, or Node's for the network, or what kind of error it was. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError'
  const { name, code } = error as Error & { code?: unknown }
  if (name === 'AbortError') return 'Timeout'
  if (['Error', 'AggregateError', 'TimeoutError'].includes(name) && typeof code === 'string') return code
  // What the SDK's parsers throw for an answer that is no JSON or XML.
  return name === 'SyntaxError' || name === 'Error' ? 'MalformedResponse' : name
}

const networkCodes = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE'])

function advice(code: string, { action, roleArn, region }: AwsCall): string {
  const who = roleArn ?? "the webhook's principal"
  if (/AccessDenied|NotAuthorized/.test(code)) {
    return action === 'sts:AssumeRole'
      ? `Let the trust policy of ${who} name the webhook's principal, with the same external id.`
      : `Allow ${action} on * to ${who}.`
  }
  if (/Expired|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature/.test(code)) {
    return "Check the webhook's AWS credentials and this machine's clock."
  }
  if (code === 'CredentialsProviderError') {
    return 'Give the webhook an AWS identity: a web identity token file, a credentials Secret, or a role of the machine.'
  }
  if (/Throttl|TooManyRequests|LimitExceeded/.test(code)) return 'AWS limits calls per account and region: it passes by itself.'
  if (code === 'ENOTFOUND') return `Is ${region} a region of AWS, and can the webhook's pods resolve its hosts?`
  if (networkCodes.has(code) || /Timeout/.test(code)) return "Can the webhook's pods reach AWS (network policy, proxy, DNS)?"
  return 'It is tried again by itself; if it stays, see https://health.aws.amazon.com.'
}
