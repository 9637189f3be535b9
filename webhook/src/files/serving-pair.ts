import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { type Validity, validityOf, whyNotValid } from './validity.ts'
import { watched } from './watched.ts'

export interface ServingPair extends Validity {
  cert: string
  key: string
}

export interface ServingOptions {
  certFile: string
  keyFile: string
  nowMs: () => number
  /** Called with each new pair that can be parsed and matches. An invalid pair is not passed on while the previous one is valid. */
  onPair: (pair: ServingPair) => void
  /** Called once for each new reason why the files cannot be used. The previous pair stays in use. */
  onProblem: (problem: string) => void
}

/**
 * Loads the serving pair now and whenever it changes. A pair that is not valid yet, or has expired, never replaces a valid one; it is
 * checked again until it can be used. @returns a function that stops it
 */
export function servePair({ certFile, keyFile, nowMs, onPair, onProblem }: ServingOptions): Promise<() => void> {
  let served: ServingPair | undefined
  return watched({
    folders: [dirname(certFile), dirname(keyFile)],
    load: async () => {
      const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
      if (cert === served?.cert && key === served.key) return
      const pair = parsePair(cert, key)
      const why = whyNotValid(pair, nowMs())
      if (why !== undefined && served !== undefined && whyNotValid(served, nowMs()) === undefined) throw notValidNow(why)
      onPair(pair)
      served = pair
    },
    onProblem,
  })
}

/** @throws Fault `settings` if they cannot be parsed or do not match. The error of node:crypto is kept as cause */
export function parsePair(cert: string, key: string): ServingPair {
  try {
    const leaf = new X509Certificate(cert)
    if (!leaf.checkPrivateKey(createPrivateKey(key))) throw new Error('the key belongs to another certificate')
    return { cert, key, ...validityOf(leaf) }
  } catch (cause) {
    throw new Fault('settings', {
      found: 'a serving certificate and key that cannot be parsed or do not match',
      wanted: 'a PEM chain, leaf first, and its PEM private key',
      todo: 'See CERT_FILE and KEY_FILE; `ecr-anywhere certs` creates a pair.',
      cause,
    })
  }
}

function notValidNow(why: string): Fault {
  return new Fault('settings', {
    found: `a new serving certificate that ${why}`,
    wanted: 'one that is valid now',
    todo: 'The previous certificate is still served. If the time is wrong, check the clocks of the nodes.',
  })
}
