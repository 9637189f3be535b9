/** Every label, annotation, warning prefix, field manager and metric name. They are API: users have them on their objects. */

const prefix = 'ecr-anywhere.centml.ai'

export const labels = {
  /** On a Namespace: `enabled` for tenant `default`, else a tenant's name. */
  namespace: `${prefix}/namespace`,
  /** On a Secret: `true`. */
  managed: `${prefix}/managed`,
  /** On the Secret that `check` applies in a dry run; the webhook answers it with the tenant's state. */
  probe: `${prefix}/probe`,
} as const

export const annotations = {
  registries: `${prefix}/registries`,
  expiresAt: `${prefix}/expires_at`,
  updatedAt: `${prefix}/updated_at`,
  injectedRegistries: `${prefix}/injected_registries`,
  markedForUpdateAt: `${prefix}/marked_for_update_at`,
  /** Written by the API server's policy, removed by the webhook: never stored. */
  attestation: `${prefix}/attestation`,
  /** On the TLS Secret: when the present phase of a rotation began, RFC 3339. */
  rotationPhaseSince: `${prefix}/rotation_phase_since`,
} as const

/** Value of the namespace label that means tenant `default`. */
export const enabledValue = 'enabled'
export const defaultTenant = 'default'

/** What each warning of ours begins with; the refresher finds causes by it. */
export const warningPrefix = 'ecr-anywhere: '

/** What the webhook's warning says where AWS failed and older credentials were put in or stayed; the refresher finds a refresh that did not happen by it. */
export const olderCredentialsTexts = ['injected an older token', 'kept the old credentials'] as const

/** What the webhook's answer to a probe begins with, behind the prefix. A tenant that AWS refuses is a denial. */
export const probeWarnings = { ok: 'check ok', pending: 'check pending' } as const

/** `details.group` of the Status in each denial of ours: the API server passes it on, so that a client knows our decision from a failure of its own. */
export const statusGroup = prefix

export const fieldManagers = {
  certs: 'ecr-anywhere-certs',
  refresh: 'ecr-anywhere-refresh',
  secrets: 'ecr-anywhere-secrets',
  check: 'ecr-anywhere-check',
  owner: 'ecr-anywhere-owner',
} as const

export const metricNames = {
  admissionRequests: 'ecr_anywhere_admission_requests_total',
  admissionDuration: 'ecr_anywhere_admission_duration_seconds',
  tokenRequests: 'ecr_anywhere_token_requests_total',
  tokenExpiry: 'ecr_anywhere_token_expiry_timestamp_seconds',
  tokenLastResult: 'ecr_anywhere_token_last_result',
  certificateNotAfter: 'ecr_anywhere_serving_certificate_not_after_timestamp_seconds',
  buildInfo: 'ecr_anywhere_build_info',
} as const
