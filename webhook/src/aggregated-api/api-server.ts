import { Fault } from '@ecr-anywhere/shared/fault.ts'

/** The API server calls its own webhooks under this name, with its loopback credentials. */
const apiServerUser = 'system:apiserver'
const apiServerGroup = 'system:masters'

/**
 * Passes for a request that the API server sent to itself and forwarded. The API server removes these headers from what its clients send, and
 * adds them itself, so the header names in the ConfigMap `extension-apiserver-authentication` do not matter: a name that is listed before
 * `X-Remote-User` would be one that clients can send.
 *
 * @param headers as Node's `headersDistinct`, with a list for each name
 * @throws Fault `input` for a request of any other user
 */
export function requireApiServer(headers: Readonly<Record<string, readonly string[] | undefined>>): void {
  // Joined, so that a second user makes another name.
  const isApiServer = headers['x-remote-user']?.join() === apiServerUser
  if (isApiServer && headers['x-remote-group']?.includes(apiServerGroup)) return
  throw new Fault('input', {
    code: 'NotAttested',
    found: 'a request that the API server forwarded for one of its users',
    wanted: `a request of the API server itself (X-Remote-User ${apiServerUser}, in the group ${apiServerGroup})`,
    todo: 'Only the admission of the API server calls this path. To get credentials, create a Secret with the label ecr-anywhere.centml.ai/managed.',
  })
}
