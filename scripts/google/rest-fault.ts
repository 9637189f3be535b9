import type { Api } from './apis.ts'
import { GoogleError } from './google-error.ts'
import { notFound, permissionDenied, quotaExceeded, serviceDisabled, unauthenticated } from './refusals.ts'
import type { Refusal } from './serve.ts'

interface Met {
  api: Api
  name: string
  method: { permission: string }
  resource: string
  projectNumber: string
  retrySeconds: number
}

/** What a REST API says of a fault that was switched on: the same as if it had happened by itself. */
export function restFault(refusal: Refusal, met: Met): GoogleError {
  const { api, name, method, resource, projectNumber, retrySeconds } = met
  switch (refusal) {
    case 'unauthenticated':
      return unauthenticated('ACCESS_TOKEN_EXPIRED', { api, method: name })
    case 'permission-denied':
      return permissionDenied(api, { permission: method.permission, resource })
    case 'service-disabled':
      return serviceDisabled(api, projectNumber)
    case 'not-found':
      return notFound()
    case 'conflict':
      return new GoogleError('ABORTED', 'The etag provided in the request does not match the current etag of the resource.')
    case 'throttled':
      return new GoogleError('RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', {
        headers: { 'Retry-After': String(retrySeconds) },
      })
    case 'quota':
      return quotaExceeded(api, { projectNumber, retrySeconds })
    case 'internal':
    case 'invalid-grant':
      return new GoogleError('INTERNAL', 'Internal error encountered.')
    case 'unavailable':
      return new GoogleError('UNAVAILABLE', 'The service is currently unavailable.')
  }
}
