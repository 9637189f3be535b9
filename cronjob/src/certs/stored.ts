import { annotations } from '@ecr-anywhere/shared/names.ts'
import { formatTime, parseTime } from '@ecr-anywhere/shared/time.ts'
import { inspectPair, type Pair } from './pair.ts'
import type { State } from './plan.ts'

/** The content to write: the pairs and CAs of a `State`, without their validity. */
export interface Content {
  present: Pair
  next?: Pair | undefined
  previousCas: string
  phaseSinceMs?: number | undefined
}

/** A Secret as stored in the API server, with base64 in `data`. */
export interface StoredSecret {
  metadata: { annotations: Record<string, string> }
  data: Record<string, string>
}

/** Keys of the TLS Secret. The type `kubernetes.io/tls` requires the first two, and the webhook mounts only these. */
const keys = {
  present: { cert: 'tls.crt', key: 'tls.key', ca: 'ca.crt' },
  next: { cert: 'next-tls.crt', key: 'next-tls.key', ca: 'next-ca.crt' },
  previousCas: 'previous-ca.crt',
} as const

/** @param secret undefined if it does not exist */
export function stateOf(secret: StoredSecret | undefined, dnsNames: readonly string[]): State {
  const text = (key: string) => Buffer.from(secret?.data[key] ?? '', 'base64').toString('utf8')
  const inspected = ({ cert, key, ca }: Record<keyof Pair, string>) => {
    const pair = { cert: text(cert), key: text(key), ca: text(ca) }
    const validity = inspectPair(pair, dnsNames)
    return validity === undefined ? undefined : { pair, validity }
  }
  return {
    present: inspected(keys.present),
    next: inspected(keys.next),
    previousCas: text(keys.previousCas),
    phaseSinceMs: parseTime(secret?.metadata.annotations[annotations.rotationPhaseSince]),
  }
}

/** The TLS Secret as it is applied. Server-side apply removes the keys that are no longer listed here. */
export function secretOf({ present, next, previousCas, phaseSinceMs }: Content, { namespace, name }: { namespace: string; name: string }) {
  const data = {
    ...named(present, keys.present),
    ...(next === undefined ? {} : named(next, keys.next)),
    ...(previousCas === '' ? {} : { [keys.previousCas]: previousCas }),
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: {
      namespace,
      name,
      annotations: phaseSinceMs === undefined ? {} : { [annotations.rotationPhaseSince]: formatTime(phaseSinceMs) },
    },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  }
}

function named({ cert, key, ca }: Pair, names: Record<keyof Pair, string>): Record<string, string> {
  return { [names.cert]: cert, [names.key]: key, [names.ca]: ca }
}
