import type { SessionCredentials } from '@ecr-anywhere/shared/aws/sts.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { Format } from './options.ts'

/** The formats that need nothing but the credentials, and write nothing but stdout. */
export type TextFormat = Exclude<Format, 'docker-login' | 'github-env'>

/** The text for stdout. @throws Fault `transient` if a value contains a character that could end its quotes or its line */
export function formatted(format: TextFormat, credentials: SessionCredentials): string {
  return writers[format](checked(credentials))
}

/**
 * GitHub's workflow commands: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 *
 * @returns what is appended to the file GITHUB_ENV, one NAME=value a line, and the lines for stdout, which let the runner mask the values
 */
export function githubCommands(credentials: SessionCredentials): { file: string; stdout: string } {
  const { accessKeyId, secretAccessKey, sessionToken } = checked(credentials)
  return {
    file: lines(variables(credentials).map(([name, value]) => `${name}=${value}`)),
    stdout: lines([accessKeyId, secretAccessKey, sessionToken].map(value => `::add-mask::${value.replaceAll('%', '%25')}`)),
  }
}

const writers: Record<TextFormat, (credentials: SessionCredentials) => string> = {
  // In single quotes, POSIX shells interpret nothing: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
  env: all => lines(variables(all).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`)),
  // https://fishshell.com/docs/current/language.html#quotes
  fish: all => lines(variables(all).map(([name, value]) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`)),
  // https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
  powershell: all => lines(variables(all).map(([name, value]) => `$Env:${name} = '${value.replaceAll("'", "''")}'`)),
  json: all => lines([JSON.stringify(fields(all))]),
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
  'credential-process': all => lines([JSON.stringify({ Version: 1, ...fields(all) })]),
}

/** The variables that AWS's SDKs read. With the expiration, they refuse credentials that have expired instead of sending them. */
function variables({ accessKeyId, secretAccessKey, sessionToken, expiration }: SessionCredentials): [name: string, value: string][] {
  return [
    ['AWS_ACCESS_KEY_ID', accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', secretAccessKey],
    ['AWS_SESSION_TOKEN', sessionToken],
    ['AWS_CREDENTIAL_EXPIRATION', formatTime(expiration.getTime())],
  ]
}

function fields({ accessKeyId, secretAccessKey, sessionToken, expiration }: SessionCredentials): Record<string, string> {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: formatTime(expiration.getTime()),
  }
}

/** Printable ASCII. AWS's own values are letters, digits and `+/=`. */
const printable = /^[\x20-\x7e]+$/

function checked(credentials: SessionCredentials): SessionCredentials {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  if ([accessKeyId, secretAccessKey, sessionToken].every(value => printable.test(value))) return credentials
  throw new Fault('transient', {
    code: 'MalformedResponse',
    found: 'credentials from AWS with a control character or another character that is not printable ASCII',
    wanted: 'letters, digits, +, / and =',
    todo: 'Is something between this machine and AWS changing answers (a proxy, AWS_ENDPOINT_URL)?',
  })
}

function lines(all: readonly string[]): string {
  return all.map(line => `${line}\n`).join('')
}
