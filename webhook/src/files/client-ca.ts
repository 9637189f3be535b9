import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { watched } from './watched.ts'

/** The authorities that may sign callers' certificates. */
export interface ClientCa {
  /** As it stands in the file. */
  pem: string
  authorities: readonly X509Certificate[]
}

export interface ClientCaOptions {
  file: string
  /** Called with each new file that holds a certificate. */
  onCa: (ca: ClientCa) => void
  /** Called once per new reason why the file cannot be used; what was taken up before counts on. */
  onProblem: (problem: string) => void
}

/** Takes up CLIENT_CA_FILE now and whenever it changes. @returns a function that stops it */
export function serveClientCa({ file, onCa, onProblem }: ClientCaOptions): Promise<() => void> {
  let taken: string | undefined
  return watched({
    folders: [dirname(file)],
    look: async () => {
      const pem = await readFile(file, 'utf8')
      if (pem === taken) return
      onCa(parseClientCa(pem))
      taken = pem
    },
    onProblem,
  })
}

/** @throws Fault `settings` if there is no certificate in it, or one that does not parse */
export function parseClientCa(pem: string): ClientCa {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  try {
    if (blocks.length === 0) throw new Error('no certificate')
    return { pem, authorities: blocks.map(block => new X509Certificate(block)) }
  } catch (cause) {
    throw new Fault('settings', {
      found: `a client CA file of ${pem.length} characters with ${blocks.length} certificates, not all of which parse`,
      wanted: 'one or more certificates in PEM',
      todo: 'See CLIENT_CA_FILE.',
      cause,
    })
  }
}
