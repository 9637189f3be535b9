import { awsConfig, configuredRegion } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { namedFile } from '@ecr-anywhere/shared/files/named-file.ts'
import { assumeRole } from './aws/assume-role.ts'
import { exportCredentials } from './export.ts'
import { appendGithubEnv } from './files/github-env.ts'
import { identityToken } from './identity-token.ts'
import type { Given } from './option-values.ts'
import { readExportSettings } from './settings.ts'

/** `ecr-anywhere export`: stdout is the block alone, and nothing if it fails. @returns the exit code @throws Fault `settings`, `transient` */
export async function main(given: Given): Promise<number> {
  const { env } = process
  const settings = readExportSettings(given, { env, region: await configuredRegion(env) })
  const caBundle = await namedFile('AWS_CA_BUNDLE', env.AWS_CA_BUNDLE || undefined)
  // AWS_AUDIENCE is a setting of other subcommands. Here, the audience is an option.
  const config = await awsConfig({ env: { ...env, AWS_AUDIENCE: undefined, AWS_REGION: settings.region }, caBundle })
  const block = await exportCredentials(settings, {
    identityToken: source => identityToken(source, { env, nowMs: Date.now }),
    assumeRole: request => assumeRole(config, request),
    ecrPassword: async request => (await import('./aws/ecr-password.ts')).ecrPassword(config, request),
    appendGithubEnv,
    nowMs: Date.now,
  })
  process.stdout.write(block)
  return 0
}
