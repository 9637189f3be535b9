import https from 'node:https'
import { rootCertificates } from 'node:tls'

const silenceMs = 5_000
const maxBytes = 64 * 1024

/** What the address of an issuer answers from here: the issuer that its document names, or the reason why there is none. */
export type IssuerAnswer = { issuer: string } | { why: string }

/**
 * Requests the public document of an issuer, as AWS does to verify tokens.
 *
 * @param issuer with `https://`
 * @param env the variables for proxies
 * @param ca a bundle of further CAs, in PEM
 */
export async function askIssuer(issuer: string, { env, ca }: { env: NodeJS.ProcessEnv; ca: string | undefined }): Promise<IssuerAnswer> {
  const agent = new https.Agent({ proxyEnv: env, ...(ca !== undefined && { ca: [...rootCertificates, ca] }) })
  const { promise, resolve } = Promise.withResolvers<IssuerAnswer>()
  const failed = (error: NodeJS.ErrnoException) => resolve({ why: error.code ?? error.name })
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const request = https.get(url, { agent, timeout: silenceMs, headers: { accept: 'application/json' } }, answer => {
    const parts: Buffer[] = []
    let bytes = 0
    answer.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > maxBytes) request.destroy(Object.assign(new Error('too large'), { code: 'TOO_LARGE' }))
      else parts.push(part)
    })
    answer.on('error', failed)
    answer.on('end', () => resolve(answer.statusCode === 200 ? named(Buffer.concat(parts)) : { why: `HTTP ${answer.statusCode}` }))
  })
  request.on('timeout', () => request.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })))
  request.on('error', failed)
  try {
    return await promise
  } finally {
    agent.destroy()
  }
}

function named(body: Buffer): IssuerAnswer {
  try {
    const { issuer } = JSON.parse(body.toString('utf8')) ?? {}
    return typeof issuer === 'string' ? { issuer } : { why: 'a document without an issuer' }
  } catch {
    return { why: 'a document that is not JSON' }
  }
}
