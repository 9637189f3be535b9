import { request } from 'node:https'
import type { Pki } from './pki.ts'

/** @returns the status code of `GET path` as the admin, or undefined if the server does not answer yet */
export function ask(url: string, { ca, admin }: Pki, path: string): Promise<number | undefined> {
  return new Promise(resolve => {
    const options = { ca: ca.cert, cert: admin.cert, key: admin.key, agent: false, timeout: 5_000 }
    const asked = request(new URL(path, url), options, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('close', () => resolve(undefined))
    // A starting server refuses or resets connections. Its log contains more than these errors.
    asked.on('error', () => {})
    asked.end()
  })
}
