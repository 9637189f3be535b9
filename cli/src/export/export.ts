import type { SessionCredentials, WebIdentityRequest } from '@ecr-anywhere/shared/aws/sts.ts'
import { decodeClaims } from '@ecr-anywhere/shared/claims.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { type Scope, scopeOf } from '@ecr-anywhere/shared/scope.ts'
import { exchangeRefusal } from '@ecr-anywhere/shared/web-identity-refusal.ts'
import { formatted, githubCommands } from './formats.ts'
import type { ExportSettings } from './settings.ts'
import type { Source } from './source.ts'

export interface ExportWorld {
  /** @throws Fault */
  identityToken: (source: Source) => Promise<string>
  /** @throws what the SDK throws */
  assumeRole: (request: WebIdentityRequest) => Promise<SessionCredentials>
  /** @throws Fault */
  ecrPassword: (request: { scope: Scope; credentials: SessionCredentials; roleArn: string }) => Promise<string>
  /** @throws Fault */
  appendGithubEnv: (path: string, lines: string) => Promise<void>
  nowMs: () => number
}

/**
 * Gets an identity token from the source, exchanges it for the credentials of the role, and writes them in the format.
 *
 * @returns all of stdout
 * @throws Fault `settings`, `transient`
 */
export async function exportCredentials(settings: ExportSettings, world: ExportWorld): Promise<string> {
  const { source, format, roleArn } = settings
  const token = await world.identityToken(source)
  const credentials = await exchanged(token, settings, world)
  if (format === 'docker-login') return `${await world.ecrPassword({ scope: scopeFor(settings), credentials, roleArn })}\n`
  if (format !== 'github-env') return formatted(format, credentials)
  const { file, stdout } = githubCommands(credentials)
  await world.appendGithubEnv(settings.githubEnvFile, file)
  return stdout
}

async function exchanged(token: string, settings: ExportSettings, { assumeRole, nowMs }: ExportWorld): Promise<SessionCredentials> {
  const { source, roleArn, sessionName, durationSeconds, region } = settings
  const claims = decodeClaims(token)
  if (claims === undefined) {
    throw new Fault('transient', {
      code: 'MalformedToken',
      found: `a text of ${token.length} characters from the source ${source.name}`,
      wanted: 'an identity token: a JWT with claims in JSON',
      todo: 'An access token of another form cannot be exchanged. Check the source, and its audience.',
    })
  }
  try {
    return await assumeRole({ roleArn, sessionName, durationSeconds, token })
  } catch (error) {
    throw exchangeRefusal(error, { roleArn, region, durationSeconds, claims, nowMs: nowMs() })
  }
}

function scopeFor({ registry, region }: ExportSettings): Scope {
  return registry === undefined ? { kind: 'private', region, fips: false, dualStack: false } : scopeOf(registry)
}
