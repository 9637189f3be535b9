import type { Agent } from 'node:https'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import * as z from 'zod'
import { type HttpsAnswer, httpsAgent, httpsGet } from '../../http/https-get.ts'
import { bearerRealm } from '../bearer-realm.ts'
import type { Login } from '../logins.ts'
import type { RegistryAnswer, SendToRegistry } from '../registry-checks.ts'

const silenceMs = 10_000
/** The largest manifest that registries accept is 4 MiB, and configurations of images are smaller. */
const maxBytes = 8 * 1024 * 1024
const maxRedirects = 3

const errors = z.object({ errors: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })) })
const tokenAnswer = z.object({ token: z.string() })

/**
 * Requests to registries over HTTPS. Credentials are sent to the host of the registry only: not to the target of a redirect, and not to a
 * token service of another host.
 *
 * @param env the variables for proxies
 * @param ca a bundle of further CAs, in PEM
 */
export function registrySender(options: { env: NodeJS.ProcessEnv; ca: string | undefined }): SendToRegistry & { close: () => void } {
  const agent = httpsAgent(options, { keepAlive: true })

  const send: SendToRegistry = async ({ host, path, accept = 'application/json', login }) => {
    const url = new URL(`https://${host}${path}`)
    const first = await followed(url, { accept, authorization: basic(login) })
    if (first.status !== 401) return read(first)
    // ECR Public gives tokens of its own for a login, as the distribution specification describes.
    const realm = bearerRealm(String(first.headers['www-authenticate'] ?? ''), { host, path })
    if (realm === undefined) return read(first)
    const token = tokenAnswer.safeParse(read(await followed(realm, { accept: 'application/json', authorization: basic(login) })).body)
    return token.success ? read(await followed(url, { accept, authorization: `Bearer ${token.data.token}` })) : read(first)
  }

  async function followed(url: URL, headers: Record<string, string>): Promise<HttpsAnswer> {
    let target = url
    let answer = await get(agent, target, headers)
    for (let count = 0; count < maxRedirects && answer.status >= 300 && answer.status < 400; count += 1) {
      target = new URL(String(answer.headers.location), target)
      if (target.protocol !== 'https:') return answer
      const { authorization: _, ...others } = headers
      answer = await get(agent, target, target.host === url.host ? headers : others)
    }
    return answer
  }

  return Object.assign(send, { close: () => agent.destroy() })
}

function basic({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

async function get(agent: Agent, url: URL, headers: Record<string, string>): Promise<HttpsAnswer> {
  try {
    return await httpsGet(url, { agent, headers, silenceMs, maxBytes })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'ERROR'
    const todo = 'Can this machine reach it (DNS, HTTPS_PROXY, private endpoints)?'
    throw new Fault('transient', { code, found: `${code} from ${url.host}`, wanted: 'an answer', todo, cause })
  }
}

function read({ status, body }: HttpsAnswer): RegistryAnswer {
  const parsed = json(body)
  const refusal = errors.safeParse(parsed)
  const [first] = refusal.success ? refusal.data.errors : []
  return { status, code: first?.code, message: first?.message ?? '', body: parsed }
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
