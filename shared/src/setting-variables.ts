import * as z from 'zod'
import { parseDuration } from './duration.ts'
import { dnsLabel, dnsSubdomain } from './name-patterns.ts'
import { descriptions } from './setting-descriptions.ts'

const seconds = 1000
const hours = 3_600_000

const duration = (wanted: string, minMs: number, maxMs: number) =>
  z.string().transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms
    context.issues.push({ code: 'custom', message: wanted, input: text })
    return z.NEVER
  })
const wholeNumber = (wanted: string, min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, wanted)
    .transform(Number)
    .pipe(z.number().min(min, wanted).max(max, wanted))
const port = wholeNumber('a port number, 0 to 65535 (0: any free one)', 0, 65_535)
const text = z.string()
const list = text.transform((names, context) => {
  const found = names.split(',').map(name => name.trim())
  const named = [...new Set(found)].filter(name => name !== '')
  if (named.length > 0) return named
  context.issues.push({ code: 'custom', message: 'at least one name, or leave the variable unset', input: names })
  return z.NEVER
})
const isSecretName = ([namespace = '', name = '', ...rest]: readonly string[]) =>
  dnsLabel.test(namespace) && dnsSubdomain.test(name) && rest.length === 0
const file = text
const boolean = z
  .enum(['true', 'false'], 'true or false')
  .transform(value => value === 'true')
  .default(false)

const secretName = text.regex(dnsSubdomain, 'the name of a Secret: lower-case letters, digits, - and .')

/** All variables: how they are parsed, their defaults as users write them, and their meaning. The table in docs/reference/settings.md is generated from this. */
export const variables = {
  PORT: port.default(8443).meta({ default: '8443', about: descriptions.PORT }),
  METRICS_PORT: port.default(9090).meta({ default: '9090', about: descriptions.METRICS_PORT }),
  CERT_FILE: file.default('/etc/webhook/certs/tls.crt').meta({ default: '`/etc/webhook/certs/tls.crt`', about: descriptions.CERT_FILE }),
  KEY_FILE: file.default('/etc/webhook/certs/tls.key').meta({ default: '`/etc/webhook/certs/tls.key`', about: descriptions.KEY_FILE }),
  CLIENT_CA_FILE: file.optional().meta({ about: descriptions.CLIENT_CA_FILE }),
  CLIENT_NAMES: list.optional().meta({ about: descriptions.CLIENT_NAMES }),
  ATTESTATION_DIR: file.optional().meta({ about: descriptions.ATTESTATION_DIR }),
  AGGREGATED_API: boolean.meta({ default: 'false', about: descriptions.AGGREGATED_API }),
  REFUSE_PROXIED: boolean.meta({ default: 'false', about: descriptions.REFUSE_PROXIED }),
  CONFIG_FILE: file.optional().meta({ about: descriptions.CONFIG_FILE }),
  STATUS_DIR: file.optional().meta({ about: descriptions.STATUS_DIR }),
  ATTACH_SECRET: secretName.optional().meta({ about: descriptions.ATTACH_SECRET }),
  TOKEN_MAX_AGE: duration('a duration such as 1h, from 1s to 11h', seconds, 11 * hours)
    .default(hours)
    .meta({ default: '1h', about: descriptions.TOKEN_MAX_AGE }),
  REFRESH_BEFORE: duration('a duration such as 6h, from 1s to 11h', seconds, 11 * hours)
    .default(6 * hours)
    .meta({ default: '6h', about: descriptions.REFRESH_BEFORE }),
  REFRESH_CONCURRENCY: wholeNumber('a whole number, 1 to 256', 1, 256)
    .default(16)
    .meta({ default: '16', about: descriptions.REFRESH_CONCURRENCY }),
  NAMESPACES: list
    .refine(names => names.every(name => dnsLabel.test(name)), 'comma-separated names of namespaces')
    .optional()
    .meta({ about: descriptions.NAMESPACES }),
  EXPIRY_CONFIG_MAPS: list
    .transform(names => names.map(one => one.split('/')))
    .refine(parts => parts.every(isSecretName), 'comma-separated <namespace>/<name> of Secrets')
    .transform(parts => parts.map(([namespace = '', name = '']) => ({ namespace, name })))
    .optional()
    .meta({ about: descriptions.EXPIRY_CONFIG_MAPS }),
  PULL_SECRET: secretName.optional().meta({ about: descriptions.PULL_SECRET }),
  CREATE_PULL_SECRETS: boolean.meta({ default: 'false', about: descriptions.CREATE_PULL_SECRETS }),
  POD_EVENTS: boolean.meta({ default: 'false', about: descriptions.POD_EVENTS }),
  PROVISIONERS: list.optional().meta({ about: descriptions.PROVISIONERS }),
  SHUTDOWN_DELAY: duration('a duration from 0s to 5m', 0, 300 * seconds)
    .default(10 * seconds)
    .meta({ default: '10s', about: descriptions.SHUTDOWN_DELAY }),
  SHUTDOWN_GRACE: duration('a duration from 1s to 5m', seconds, 300 * seconds)
    .default(15 * seconds)
    .meta({ default: '15s', about: descriptions.SHUTDOWN_GRACE }),
  RELEASE_NAMESPACE: text.meta({ about: descriptions.RELEASE_NAMESPACE }),
  TLS_SECRET: text.default('ecr-anywhere-tls').meta({ default: '`ecr-anywhere-tls`', about: descriptions.TLS_SECRET }),
  TICKET_SECRET: text.optional().meta({ about: descriptions.TICKET_SECRET }),
  ATTESTED_TENANTS: list.optional().meta({ about: descriptions.ATTESTED_TENANTS }),
  WEBHOOK_CONFIGURATIONS: list.optional().meta({ about: descriptions.WEBHOOK_CONFIGURATIONS }),
  API_SERVICE: text.optional().meta({ about: descriptions.API_SERVICE }),
  SERVING_DNS_NAMES: list.optional().meta({ about: descriptions.SERVING_DNS_NAMES }),
  OWNER: text
    .regex(/^v1\/ConfigMap\/[a-z0-9.-]+$/, 'v1/ConfigMap/<name>')
    .optional()
    .meta({ about: descriptions.OWNER }),
  BEFORE_RELEASE: boolean.meta({ default: 'false', about: descriptions.BEFORE_RELEASE }),
  SECRETS_FILE: file.meta({ about: descriptions.SECRETS_FILE }),
  EXPECTED_FILE: file.meta({ about: descriptions.EXPECTED_FILE }),
  PROBE_SECRET: text.default('ecr-anywhere-probe').meta({ default: '`ecr-anywhere-probe`', about: descriptions.PROBE_SECRET }),
  CHECK_TIMEOUT: duration('a duration from 1s to 10m', seconds, 600 * seconds)
    .default(90 * seconds)
    .meta({ default: '90s', about: descriptions.CHECK_TIMEOUT }),
  ROTATE_PROPAGATE: duration('a duration from 1s to 24h', seconds, 24 * hours)
    .default(120 * seconds)
    .meta({ default: '2m', about: descriptions.ROTATE_PROPAGATE }),
  ROTATE_RELOAD: duration('a duration from 1s to 24h', seconds, 24 * hours)
    .default(300 * seconds)
    .meta({ default: '5m', about: descriptions.ROTATE_RELOAD }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'a pino level: fatal, error, warn, info, debug, trace, silent')
    .default('info')
    .meta({ default: 'info', about: descriptions.LOG_LEVEL }),
  CLUSTER_NAME: text
    .regex(/^[\w+=,.@-]{1,32}$/, '1 to 32 of A-Z a-z 0-9 _ + = , . @ - (it becomes part of an AWS session name)')
    .default('kubernetes')
    .meta({ default: 'kubernetes', about: descriptions.CLUSTER_NAME }),
  // `gcp-sync` validates these after it has combined them with TARGETS_FILE.
  GCP_PROJECT_ID: text.optional().meta({ about: descriptions.GCP_PROJECT_ID }),
  GCP_LOCATION: text.optional().meta({ about: descriptions.GCP_LOCATION }),
  GCP_REPOSITORY_NAME: text.optional().meta({ about: descriptions.GCP_REPOSITORY_NAME }),
  GCP_SECRET_NAME: text.optional().meta({ about: descriptions.GCP_SECRET_NAME }),
  AWS_REGION: text.optional().meta({ about: descriptions.AWS_REGION }),
  AWS_ROLE_ARN: text.optional().meta({ about: descriptions.AWS_ROLE_ARN }),
  AWS_ECR_USERNAME: text.default('AWS').meta({ default: 'AWS', about: descriptions.AWS_ECR_USERNAME }),
  AWS_AUDIENCE: text.optional().meta({ about: descriptions.AWS_AUDIENCE }),
  AWS_OIDC_TOKEN_PATH: file.optional().meta({ about: descriptions.AWS_OIDC_TOKEN_PATH }),
  TARGETS_FILE: file.optional().meta({ about: descriptions.TARGETS_FILE }),
  DEBUG: text.default('False').meta({ default: 'False', about: descriptions.DEBUG }),
} as const
