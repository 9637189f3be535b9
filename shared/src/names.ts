/** All labels, annotations, warning prefixes, field managers and metric names. They are an API, because users' objects contain them. */

const prefix = 'ecr-anywhere.centml.ai'

export const labels = {
  /** On a Namespace: `enabled` for tenant `default`, or the name of another tenant. */
  namespace: `${prefix}/namespace`,
  /** On a Secret: `true` if the webhook manages it. */
  managed: `${prefix}/managed`,
  /** On the Secret that `check` applies in a dry run. The webhook answers with the tenant's state. */
  probe: `${prefix}/probe`,
} as const

export const annotations = {
  registries: `${prefix}/registries`,
  expiresAt: `${prefix}/expires_at`,
  updatedAt: `${prefix}/updated_at`,
  injectedRegistries: `${prefix}/injected_registries`,
  markedForUpdateAt: `${prefix}/marked_for_update_at`,
  /** The API server's policy writes it and the webhook removes it, so it is never stored. */
  attestation: `${prefix}/attestation`,
  /** On the TLS Secret: when the current phase of a rotation began, RFC 3339. */
  rotationPhaseSince: `${prefix}/rotation_phase_since`,
  /** On a Namespace: the name of the image pull secret that `provision` creates in it. */
  pullSecret: `${prefix}/pull-secret`,
} as const

/** The value of the namespace label that selects tenant `default`. */
export const enabledValue = 'enabled'
export const defaultTenant = 'default'

/** The prefix of all warnings of the webhook, by which the refresher recognizes them. */
export const warningPrefix = 'ecr-anywhere: '

/** Texts in warnings about a failure of AWS after which a Secret has older credentials. By them the refresher detects a failed refresh. */
export const olderCredentialsTexts = ['injected an older token', 'kept the old credentials'] as const

/** How the webhook's answer to a probe begins, after the prefix. If AWS refuses the tenant, the answer is a denial instead. */
export const probeWarnings = { ok: 'check ok', pending: 'check pending' } as const

/** `details.group` of the Status in each denial. The API server keeps it, so clients can tell a denial from a failed request. */
export const statusGroup = prefix

/** The group of the aggregated API through which API servers without ticket policies call the webhook. */
export const apiGroup = `admission.${prefix}`
/** The name of its APIService. */
export const apiServiceName = `v1.${apiGroup}`

export const fieldManagers = {
  certs: 'ecr-anywhere-certs',
  refresh: 'ecr-anywhere-refresh',
  secrets: 'ecr-anywhere-secrets',
  check: 'ecr-anywhere-check',
  owner: 'ecr-anywhere-owner',
  refreshStart: 'ecr-anywhere-refresh-start',
  provision: 'ecr-anywhere-provision',
} as const

/** The ConfigMap in the namespace of the release with which the refresher reports its runs. The webhook serves it as metrics. */
export const statusConfigMap = {
  name: 'ecr-anywhere-status',
  /** Its keys: the start of the latest run, and the report of the latest run that ended. */
  keys: { start: 'start.json', report: 'report.json' },
} as const

export const metricNames = {
  admissionRequests: 'ecr_anywhere_admission_requests_total',
  admissionDuration: 'ecr_anywhere_admission_duration_seconds',
  tokenRequests: 'ecr_anywhere_token_requests_total',
  tokenExpiry: 'ecr_anywhere_token_expiry_timestamp_seconds',
  tokenLastResult: 'ecr_anywhere_token_last_result',
  certificateNotAfter: 'ecr_anywhere_serving_certificate_not_after_timestamp_seconds',
  buildInfo: 'ecr_anywhere_build_info',
  startTime: 'ecr_anywhere_start_timestamp_seconds',
  ready: 'ecr_anywhere_ready',
  tickets: 'ecr_anywhere_tickets',
  refreshReport: 'ecr_anywhere_refresh_report',
  refreshLastStart: 'ecr_anywhere_refresh_last_start_timestamp_seconds',
  refreshLastRun: 'ecr_anywhere_refresh_last_run_timestamp_seconds',
  refreshLastSuccess: 'ecr_anywhere_refresh_last_success_timestamp_seconds',
  refreshFailed: 'ecr_anywhere_refresh_failed',
  refreshFailures: 'ecr_anywhere_refresh_failures',
  managedSecrets: 'ecr_anywhere_managed_secrets',
  secretsNotEnabled: 'ecr_anywhere_managed_secrets_not_enabled',
  secretExpiry: 'ecr_anywhere_secret_expiry_timestamp_seconds',
  secretLifetime: 'ecr_anywhere_secret_lifetime_seconds',
  provisionReady: 'ecr_anywhere_provision_ready',
  provisionCreates: 'ecr_anywhere_provision_creates_total',
  provisionNamespaces: 'ecr_anywhere_provision_namespaces',
} as const
