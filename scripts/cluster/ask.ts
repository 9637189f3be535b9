import { request } from 'node:https'
import type { Pki } from './pki.ts'

/** What `GET path` is answered as the admin: a status code; undefined where nobody answers (yet). */
export function ask(url: string, { ca, admin }: Pki, path: string): Promise<number | undefined> {
  return new Promise(resolve => {
    const options = { ca: ca.cert, cert: admin.cert, key: admin.key, agent: false, timeout: 5_000 }
    const asked = request(new URL(path, url), options, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('close', () => resolve(undefined))
    // Refused and reset is what a server that starts does; its own log says more than any of these errors.
    asked.on('error', () => {})
    asked.end()
  })
}
