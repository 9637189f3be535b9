import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Emulator } from '../aws/emulator.ts'
import type { StoredLogin } from './stored-secret.ts'

/** @returns the status code of `/v2/` of a registry for a login, where 200 means that the login is accepted */
export async function pullStatus(emulator: Emulator, registry: string, login: StoredLogin | undefined): Promise<number | undefined> {
  const { username, password } = login ?? { username: '', password: '' }
  const asked = request(new URL('/v2/', emulator.url), { headers: { host: registry }, auth: `${username}:${password}`, agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}
