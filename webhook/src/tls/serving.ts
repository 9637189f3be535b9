import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { watched } from './watched.ts'

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

/** Takes up the serving pair now and whenever it changes. @returns a function that stops it */
export function servePair({ certFile, keyFile, onPair, onProblem }: ServingOptions): Promise<() => void> {
  let served = ''
  return watched({
    folders: [dirname(certFile), dirname(keyFile)],
    look: async () => {
      const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
      if (cert + key === served) return
      onPair(parsePair(cert, key))
      served = cert + key
    },
    onProblem,
  })
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
