import { httpsAgent, httpsGet } from '../../http/https-get.ts'

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
export async function askIssuer(issuer: string, options: { env: NodeJS.ProcessEnv; ca: string | undefined }): Promise<IssuerAnswer> {
  const agent = httpsAgent(options)
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  try {
    const { status, body } = await httpsGet(url, { agent, headers: { accept: 'application/json' }, silenceMs, maxBytes })
    return status === 200 ? named(body) : { why: `HTTP ${status}` }
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException
    return { why: code ?? name }
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
