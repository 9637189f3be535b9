import * as z from 'zod'
import { contradictions } from './setting-contradictions.ts'
import { variables } from './setting-variables.ts'
import { settingsFault } from './settings-fault.ts'

/** Which variables each subcommand reads. */
export const settingsOf = {
  webhook: z.object(
    pick(
      'PORT',
      'METRICS_PORT',
      'CERT_FILE',
      'KEY_FILE',
      'CLIENT_CA_FILE',
      'CLIENT_NAMES',
      'ATTESTATION_DIR',
      'AGGREGATED_API',
      'REFUSE_PROXIED',
      'PROVISIONERS',
      'CONFIG_FILE',
      'STATUS_DIR',
      'ATTACH_SECRET',
      'TOKEN_MAX_AGE',
      'REFRESH_BEFORE',
      'SHUTDOWN_DELAY',
      'SHUTDOWN_GRACE',
      'LOG_LEVEL',
      'CLUSTER_NAME',
    ),
  ),
  refresh: z.object({
    ...pick(
      'TOKEN_MAX_AGE',
      'REFRESH_BEFORE',
      'REFRESH_CONCURRENCY',
      'NAMESPACES',
      'EXPIRY_CONFIG_MAPS',
      'CREATE_PULL_SECRETS',
      'PULL_SECRET',
      'POD_EVENTS',
      'LOG_LEVEL',
    ),
    // A refresh that is started by hand, outside a release, is not recorded.
    RELEASE_NAMESPACE: variables.RELEASE_NAMESPACE.optional(),
  }),
  provision: z.object(pick('METRICS_PORT', 'PULL_SECRET', 'LOG_LEVEL')),
  certs: z.object(
    pick(
      'RELEASE_NAMESPACE',
      'TLS_SECRET',
      'TICKET_SECRET',
      'ATTESTED_TENANTS',
      'WEBHOOK_CONFIGURATIONS',
      'API_SERVICE',
      'SERVING_DNS_NAMES',
      'OWNER',
      'BEFORE_RELEASE',
      'ROTATE_PROPAGATE',
      'ROTATE_RELOAD',
    ),
  ),
  'apply-secrets': z.object(pick('SECRETS_FILE')),
  check: z.object(pick('RELEASE_NAMESPACE', 'EXPECTED_FILE', 'PROBE_SECRET', 'NAMESPACES', 'CHECK_TIMEOUT')),
  'gcp-sync': z.object(
    pick(
      'GCP_PROJECT_ID',
      'GCP_LOCATION',
      'GCP_REPOSITORY_NAME',
      'GCP_SECRET_NAME',
      'AWS_REGION',
      'AWS_ROLE_ARN',
      'AWS_ECR_USERNAME',
      'AWS_AUDIENCE',
      'AWS_OIDC_TOKEN_PATH',
      'TARGETS_FILE',
      'DEBUG',
    ),
  ),
} as const

/**
 * Reads one subcommand's settings. Durations are returned in milliseconds. An empty variable is treated as unset.
 *
 * @param schema one of `settingsOf`
 * @param env a record of variables, such as process.env
 * @throws Fault `settings` that lists every problem at once
 */
export function readSettings<S extends z.ZodObject>(schema: S, env: Record<string, string | undefined>): z.output<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const read = schema.safeParse(given)
  const problems = read.success
    ? contradictions(read.data)
    : read.error.issues.map(issue => {
        const name = String(issue.path[0])
        const found = given[name] === undefined ? 'nothing' : JSON.stringify(given[name])
        return `${name}: found ${found}, wanted ${given[name] === undefined ? variableAbout(name) : issue.message}`
      })
  if (read.success && problems.length === 0) return read.data
  throw settingsFault(problems)
}

function variableAbout(name: string): string {
  const meta = (variables as Record<string, z.ZodType>)[name]?.meta()
  return String(meta?.about ?? 'a value')
}

function pick<N extends keyof typeof variables>(...names: N[]): Pick<typeof variables, N> {
  return Object.fromEntries(names.map(name => [name, variables[name]])) as Pick<typeof variables, N>
}
