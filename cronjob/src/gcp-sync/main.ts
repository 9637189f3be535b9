import { setTimeout as sleep } from 'node:timers/promises'
import { awsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { namedFile } from '@ecr-anywhere/shared/files/named-file.ts'
import { googleApi } from '@ecr-anywhere/shared/google/google-api.ts'
import { googleAuth } from '@ecr-anywhere/shared/google/google-auth.ts'
import { googleIdentityToken } from '@ecr-anywhere/shared/google/metadata.ts'
import { cloudLoggingOptions } from '@ecr-anywhere/shared/log.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { stderrLog } from '../files/stderr-log.ts'
import { passwords } from './aws/passwords.ts'
import { bounded } from './bounded.ts'
import { type GcpSyncFlags, readFlags } from './flags.ts'
import { artifactRegistry } from './google/artifact-registry.ts'
import { secretManager } from './google/secret-manager.ts'
import { platformOf } from './identity-source.ts'
import { run } from './run.ts'
import { readGcpSyncSettings } from './settings.ts'

/** The limit of a run. The chart ends the Job later. */
const runLimitMs = 4 * 60_000
/** How many calls of Google are in flight at the same time. Its quotas are per minute: a run of 100 repositories makes about 400 calls. */
const maxCalls = 32

/**
 * `ecr-anywhere gcp-sync`. Logs go to stderr, the report to stdout, both as text or both as JSON.
 *
 * @returns the exit code @throws Fault `settings`, `transient`
 */
export async function main(given: GcpSyncFlags): Promise<number> {
  const { env } = process
  const { output, ...flags } = readFlags(given)
  const platform = platformOf(env)
  const variables = readSettings(settingsOf['gcp-sync'], env)
  const file = await namedFile('TARGETS_FILE', variables.TARGETS_FILE)
  const { targets, keepVersions, identity, debug } = readGcpSyncSettings(variables, { file, platform })
  const isStructured = platform === 'cloud-run' && given.output === undefined
  const level = debug ? 'debug' : 'info'
  const log = isStructured ? stderrLog('json', level, cloudLoggingOptions) : stderrLog(output, level)

  const stopping = new AbortController()
  let stoppedBy: string | undefined
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stoppedBy = signal
      stopping.abort()
    })
  }

  const google = googleAuth({ env, endpoint: env.GOOGLE_ENDPOINT_URL })
  const api = googleApi({
    google,
    sleep,
    random: Math.random,
    nowMs: Date.now,
    deadline: AbortSignal.any([stopping.signal, AbortSignal.timeout(runLimitMs)]),
    onTry: ({ method = 'GET', url }, { result, ms }) => log.debug({ method, url, result, ms }, 'called'),
  })
  const call = bounded(maxCalls, api)
  const caBundle = await namedFile('AWS_CA_BUNDLE', env.AWS_CA_BUNDLE || undefined)
  const config = await awsConfig({ env: { ...env, AWS_REGION: targets[0]?.aws.region, AWS_AUDIENCE: undefined }, caBundle })
  const identityToken = () =>
    identity.kind === 'file'
      ? namedFile('AWS_OIDC_TOKEN_PATH', identity.path)
      : googleIdentityToken({ audience: identity.audience, host: env.GCE_METADATA_HOST || undefined })
  return run(
    targets,
    {
      secrets: secretManager(call),
      registry: artifactRegistry(call),
      password: passwords({ config, identityToken, nowMs: Date.now }),
      nowMs: Date.now,
      stoppedBy: () => stoppedBy,
      log: { info: log.info.bind(log), error: log.error.bind(log) },
      print: text => void process.stdout.write(text),
    },
    { ...flags, keepVersions, output: isStructured ? 'log' : output },
  )
}
