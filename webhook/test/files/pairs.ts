import { generate } from 'selfsigned'

/** A certificate and its key in PEM. The certificate is self-signed unless another pair signed it. */
export interface Minted {
  cert: string
  key: string
}

export interface MintOptions {
  /** The common name, which is also a DNS name. */
  name?: string
  by?: Minted
  /** Whether the certificate is a CA. By default a self-signed one is. */
  isCa?: boolean
  days?: number
  /** The start of its validity, in days from now. */
  fromDays?: number
}

const dayMs = 24 * 3_600_000

/** Creates a certificate for localhost. */
export async function mint({
  name = 'localhost',
  by,
  isCa = by === undefined,
  days = 1,
  fromDays = -1,
}: MintOptions = {}): Promise<Minted> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + fromDays * dayMs),
    notAfterDate: new Date(Date.now() + days * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: isCa, critical: true },
      { name: 'subjectAltName', altNames: [...new Set([name, 'localhost'])].map(value => ({ type: 2 as const, value })) },
    ],
    ...(by === undefined ? {} : { ca: by }),
  })
  return { cert, key }
}
