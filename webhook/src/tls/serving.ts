import { createPrivateKey, X509Certificate } from 'node:crypto'
import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'

export interface ServingPair {
  cert: string
  key: string
  notAfterMs: number
}

export interface ServingOptions {
  certFile: string
  keyFile: string
  /** Called with each new pair that parses and matches. */
  onPair: (pair: ServingPair) => void
  /** Called once per new reason why the files cannot be used; the old pair serves on. */
  onProblem: (problem: string) => void
}

/** kubelet swaps a symlink, which some file systems do not tell watchers of: so it is looked at as well. */
export const pollMs = 10_000

/**
 * Reads the serving pair now, when its folder changes, and every 10 s.
 *
 * @returns a function that stops it
 */
export async function servePair({ certFile, keyFile, onPair, onProblem }: ServingOptions): Promise<() => void> {
  let served = ''
  let problem = ''

  async function look(): Promise<void> {
    try {
      const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
      if (cert + key === served) return
      onPair(parsePair(cert, key))
      served = cert + key
      problem = ''
    } catch (error) {
      const text = sentence(error)
      if (text !== problem) onProblem(text)
      problem = text
    }
  }

  await look()
  const timer = setInterval(look, pollMs).unref()
  const watchers = [...new Set([dirname(certFile), dirname(keyFile)])].flatMap(folder => watching(folder, look))
  return () => {
    clearInterval(timer)
    for (const watcher of watchers) watcher.close()
  }
}

/** @throws Fault `settings` if they do not parse or do not belong together; what node:crypto throws is kept as cause */
export function parsePair(cert: string, key: string): ServingPair {
  try {
    const leaf = new X509Certificate(cert)
    if (!leaf.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is of another certificate')
    return { cert, key, notAfterMs: leaf.validToDate.getTime() }
  } catch (cause) {
    throw new Fault('settings', {
      found: 'a serving certificate and key that do not parse or do not belong together',
      wanted: 'a PEM chain, leaf first, and its PEM private key',
      todo: 'See CERT_FILE and KEY_FILE; `ecr-anywhere certs` makes a pair.',
      cause,
    })
  }
}

function watching(folder: string, look: () => Promise<void>) {
  try {
    return [watch(folder, { persistent: false }, look)]
  } catch {
    // The folder is not there yet: the poll finds it.
    return []
  }
}
