import { generate } from 'selfsigned'

/** PEM. A pair is its own CA unless another one signed it. */
export interface Minted {
  cert: string
  key: string
}

export interface MintOptions {
  /** Common name; also a DNS name. */
  name?: string
  by?: Minted
  /** May it sign others? By default one that nobody else signed. */
  isCa?: boolean
  days?: number
  /** When it begins to be valid, in days from now. */
  fromDays?: number
}

const dayMs = 24 * 3_600_000

/** A certificate for localhost, made now. */
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
