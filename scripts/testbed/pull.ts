import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Emulator } from '../aws/emulator.ts'
import type { StoredLogin } from './stored-secret.ts'

/** What a registry's `/v2/` answers to a login: 200 lets it in. */
export async function pullStatus(emulator: Emulator, registry: string, login: StoredLogin | undefined): Promise<number | undefined> {
  const { username, password } = login ?? { username: '', password: '' }
  const asked = request(new URL('/v2/', emulator.url), { headers: { host: registry }, auth: `${username}:${password}`, agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}
