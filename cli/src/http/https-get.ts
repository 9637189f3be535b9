import https from 'node:https'
import { rootCertificates } from 'node:tls'

export interface HttpsAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

export interface HttpsGetOptions {
  agent: https.Agent
  headers: Record<string, string>
  /** A server that sends nothing for this long is given up. */
  silenceMs: number
  /** A longer body is not read. */
  maxBytes: number
}

/**
 * @param env the variables for proxies
 * @param ca a bundle of further CAs, in PEM
 */
export function httpsAgent({ env, ca }: { env: NodeJS.ProcessEnv; ca: string | undefined }, options: https.AgentOptions = {}): https.Agent {
  return new https.Agent({ ...options, proxyEnv: env, ...(ca !== undefined && { ca: [...rootCertificates, ca] }) })
}

/**
 * Requests a URL. Redirects are not followed.
 *
 * @throws an error with the `code` of Node, or ETIMEDOUT or TOO_LARGE
 */
export function httpsGet(url: URL | string, { agent, headers, silenceMs, maxBytes }: HttpsGetOptions): Promise<HttpsAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpsAnswer>()
  const request = https.get(url, { agent, headers, timeout: silenceMs }, answer => {
    const parts: Buffer[] = []
    let bytes = 0
    answer.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > maxBytes) request.destroy(Object.assign(new Error('too large'), { code: 'TOO_LARGE' }))
      else parts.push(part)
    })
    answer.on('error', reject)
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }))
  })
  request.on('timeout', () => request.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })))
  request.on('error', reject)
  return promise
}
