import { type Api, apis } from './apis.ts'
import { GoogleError, rpcDetail } from './google-error.ts'

const signInHelp = 'See https://developers.google.com/identity/sign-in/web/devconsole-project.'
const wanted = `Expected OAuth 2 access token, login cookie or other valid authentication credential. ${signInHelp}`

/** 401, because a request carries no access token, or one that is unknown or has expired. */
export function unauthenticated(
  reason: 'CREDENTIALS_MISSING' | 'ACCESS_TOKEN_TYPE_UNSUPPORTED' | 'ACCESS_TOKEN_EXPIRED',
  { api, method }: { api: Api; method: string },
): GoogleError {
  const { service, rpc } = apis[api]
  const isMissing = reason === 'CREDENTIALS_MISSING'
  const found = isMissing ? 'Request is missing required authentication credential.' : 'Request had invalid authentication credentials.'
  const metadata = { service, method: `${rpc}.${method}` }
  return new GoogleError('UNAUTHENTICATED', `${found} ${wanted}`, {
    details: [rpcDetail('ErrorInfo', { reason, domain: 'googleapis.com', metadata })],
    headers: { 'WWW-Authenticate': `Bearer realm="https://accounts.google.com/"${isMissing ? '' : ', error="invalid_token"'}` },
  })
}

/** 403, because the access token was made for other scopes. */
export function insufficientScopes({ api, method }: { api: Api; method: string }): GoogleError {
  const { service, rpc, scopes } = apis[api]
  const info = { reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', domain: 'googleapis.com', metadata: { service, method: `${rpc}.${method}` } }
  return new GoogleError('PERMISSION_DENIED', 'Request had insufficient authentication scopes.', {
    details: [rpcDetail('ErrorInfo', info)],
    headers: {
      'WWW-Authenticate': `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="${scopes.join(' ')}"`,
    },
  })
}

/**
 * 403, because the account lacks a permission. Each API words it differently.
 *
 * @param resource its name as it was asked for: `projects/p/secrets/s`
 */
export function permissionDenied(api: Api, { permission, resource }: { permission: string; resource: string }): GoogleError {
  const where = {
    secretmanager: `for resource '${resource}' (or it may not exist).`,
    artifactregistry: `on resource '//${apis.artifactregistry.service}/${resource}' (or it may not exist).`,
    iamcredentials: 'on resource (or it may not exist).',
  }[api]
  const domain = api === 'iamcredentials' ? 'iam.googleapis.com' : apis[api].service
  const metadata = { permission, ...(api !== 'iamcredentials' && { resource }) }
  return new GoogleError('PERMISSION_DENIED', `Permission '${permission}' denied ${where}`, {
    details: [rpcDetail('ErrorInfo', { reason: 'IAM_PERMISSION_DENIED', domain, metadata })],
  })
}

/** 403, because the API is not enabled in the project, with the link by which it is enabled. */
export function serviceDisabled(api: Api, projectNumber: string): GoogleError {
  const { service, title } = apis[api]
  const activationUrl = `https://console.developers.google.com/apis/api/${service}/overview?project=${projectNumber}`
  const message = `${title} has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ${activationUrl} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`
  const metadata = { activationUrl, consumer: `projects/${projectNumber}`, containerInfo: projectNumber, service, serviceTitle: title }
  return new GoogleError('PERMISSION_DENIED', message, {
    details: [
      rpcDetail('ErrorInfo', { reason: 'SERVICE_DISABLED', domain: 'googleapis.com', metadata }),
      rpcDetail('LocalizedMessage', { locale: 'en-US', message }),
      rpcDetail('Help', { links: [{ description: 'Google developers console API activation', url: activationUrl }] }),
    ],
  })
}

/** 403, because there is no such project, or the caller may not know of it. */
export function unknownProject(api: Api, project: string): GoogleError {
  const metadata = { service: apis[api].service, consumer: `projects/${project}` }
  return new GoogleError('PERMISSION_DENIED', `Permission denied on resource project ${project}.`, {
    details: [
      rpcDetail('Help', { links: [{ description: 'Google developers console', url: 'https://console.developers.google.com' }] }),
      rpcDetail('ErrorInfo', { reason: 'CONSUMER_INVALID', domain: 'googleapis.com', metadata }),
    ],
  })
}

/** 429, because the project's requests of one minute are used up. */
export function quotaExceeded(api: Api, { projectNumber, retrySeconds }: { projectNumber: string; retrySeconds: number }): GoogleError {
  const { service } = apis[api]
  const subject = `project_number:${projectNumber}`
  const message = `Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute' of service '${service}' for consumer '${subject}'.`
  const metadata = {
    consumer: `projects/${projectNumber}`,
    quota_limit: 'WriteRequestsPerMinutePerProject',
    quota_limit_value: '600',
    quota_location: 'global',
    quota_metric: `${service}/write_requests`,
    service,
  }
  const links = [{ description: 'Request a higher quota limit.', url: 'https://cloud.google.com/docs/quota#requesting_higher_quota' }]
  return new GoogleError('RESOURCE_EXHAUSTED', message, {
    details: [
      rpcDetail('ErrorInfo', { reason: 'RATE_LIMIT_EXCEEDED', domain: 'googleapis.com', metadata }),
      rpcDetail('QuotaFailure', { violations: [{ subject, description: message }] }),
      rpcDetail('RetryInfo', { retryDelay: `${retrySeconds}s` }),
      rpcDetail('Help', { links }),
    ],
  })
}

/** 404 of an API that does not say what was not found. */
export function notFound(): GoogleError {
  return new GoogleError('NOT_FOUND', 'Requested entity was not found.')
}
