import type { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { certificatesIn } from '../certificates.ts'
import { watched } from './watched.ts'

/** The CA certificates that may issue client certificates. */
export interface ClientCa {
  /** The content of the file. */
  pem: string
  authorities: readonly X509Certificate[]
}

export interface ClientCaOptions {
  file: string
  /** Called with each new content that contains a certificate. */
  onCa: (ca: ClientCa) => void
  /** Called once for each new reason why the file cannot be used. The previous CA stays in use. */
  onProblem: (problem: string) => void
}

/** Loads CLIENT_CA_FILE now and whenever it changes. @returns a function that stops it */
export function serveClientCa({ file, onCa, onProblem }: ClientCaOptions): Promise<() => void> {
  let loaded: string | undefined
  return watched({
    folders: [dirname(file)],
    load: async () => {
      const pem = await readFile(file, 'utf8')
      if (pem === loaded) return
      onCa(parseClientCa(pem))
      loaded = pem
    },
    onProblem,
  })
}

/** @throws Fault `settings` if the file contains no certificate, or one that cannot be parsed */
export function parseClientCa(pem: string): ClientCa {
  try {
    const authorities = certificatesIn(pem)
    if (authorities.length === 0) throw new Error('no certificate')
    return { pem, authorities }
  } catch (cause) {
    throw new Fault('settings', {
      found: `a client CA file of ${pem.length} characters without a certificate, or with one that cannot be parsed`,
      wanted: 'one or more certificates in PEM',
      todo: 'See CLIENT_CA_FILE.',
      cause,
    })
  }
}
