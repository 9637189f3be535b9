import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Seen {
  method: string | undefined
  path: string
  authorization: string | undefined
  body: string
}

export type Answers = Record<string, { status: number; body: unknown }>

export const accessToken = 'ya29.a-secret-of-a-test'

/** What Google answers to clients whose credentials are good. Paths are those of the hosts of googleapis.com. */
const defaults: Answers = {
  '/token': { status: 200, body: { access_token: accessToken, expires_in: 3599, token_type: 'Bearer' } },
  '/v1/token': {
    status: 200,
    body: {
      access_token: accessToken,
      expires_in: 3599,
      token_type: 'Bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    },
  },
  '/v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken': {
    status: 200,
    body: { accessToken, expireTime: '2100-01-01T00:00:00Z' },
  },
  '/v1/projects/p/secrets/s?fields=name': { status: 200, body: { name: 's' } },
  '/computeMetadata/v1/instance': { status: 200, body: {} },
  '/computeMetadata/v1/instance/service-accounts/default/token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform': {
    status: 200,
    body: { access_token: accessToken, expires_in: 3599, token_type: 'Bearer' },
  },
}

/** A server under the paths of all hosts of Google, for the length of a test. @returns its host with port, and the requests so far */
export async function googleServer(t: Test, answers: Answers = {}): Promise<{ host: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const parts = await Array.fromAsync(request as AsyncIterable<Buffer>)
    const { method, url = '', headers } = request
    seen.push({ method, path: url, authorization: headers.authorization, body: Buffer.concat(parts).toString() })
    const { status, body } = { ...defaults, ...answers }[url] ?? { status: 404, body: { error: { message: url } } }
    response.writeHead(status, { 'content-type': 'application/json', 'metadata-flavor': 'Google' })
    response.end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}
