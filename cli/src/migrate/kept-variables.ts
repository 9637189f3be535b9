import type { Environment } from './input/environment.ts'
import type { Problem } from './problem.ts'

/** Variables that the values `aws.*` of the chart express, or that the chart sets itself. */
const replaced =
  /^(?:AWS_(?:DEFAULT_)?REGION|AWS_ROLE_ARN|AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|POD_NAMESPACE|SERVICE_NAME|PORT|CERT_FILE|KEY_FILE)$/
/** Variables of the AWS SDK and of proxies that the webhook reads as well, and that hold no secret. */
const kept =
  /^(?:AWS_(?:PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|WEB_IDENTITY_TOKEN_FILE|ROLE_SESSION_NAME|CA_BUNDLE|STS_REGIONAL_ENDPOINTS|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT|ENDPOINT_URL(?:_\w+)?|MAX_ATTEMPTS|RETRY_MODE)|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/
/** Printable, and without an `@`, after which the host of a URL with a password begins. */
const harmless = /^[\x20-\x3f\x41-\x7e]{0,1024}$/

/** The variables that are carried over as they are. Any other variable is a problem, whose value is not shown. */
export function keptVariables(
  { title, variables }: Environment,
  listed: readonly { name: string }[],
): { env: { name: string; value: string }[]; problems: Problem[] } {
  const names = [...new Set(listed.map(({ name }) => name))].filter(name => !replaced.test(name))
  const read = names.map(name => ({ name, variable: variables.get(name) }))
  const isKept = ({ name, variable }: (typeof read)[number]) => kept.test(name) && variable?.in === 'text' && harmless.test(variable.value)
  return {
    env: read.filter(isKept).map(({ name, variable }) => ({ name, value: variable?.in === 'text' ? variable.value : '' })),
    problems: read
      .filter(one => !isKept(one))
      .map(({ name }) => ({
        what: `${title}: ${name.replace(/[^\w-]/g, '?').slice(0, 60)}`,
        found: 'a variable that is not carried over, because its value may be secret or is not known here',
        wanted: 'a decision: add it to the value `env` of the chart if the webhook needs it',
      })),
  }
}
