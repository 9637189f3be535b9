import type { X509Certificate } from 'node:crypto'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { certificatesIn } from '../certificates.ts'

/** The ConfigMap in which API servers publish how aggregated APIs can recognize them. */
export const authenticationConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'kube-system',
  name: 'extension-apiserver-authentication',
}

/** How the API server is recognized when it forwards a request to an aggregated API. */
export interface FrontProxy {
  /** The CAs of its client certificate. */
  authorities: readonly X509Certificate[]
  /** Accepted common names. If empty, every certificate of these CAs is accepted. */
  names: readonly string[]
}

/**
 * Reads the ConfigMap. https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
 *
 * @throws Fault `settings` if it has no CA for the front proxy, or if kubelets and users have certificates that this CA would also accept
 */
export function frontProxyOf(data: Readonly<Record<string, string>>): FrontProxy {
  const authorities = parsedCertificates(data, 'requestheader-client-ca-file')
  if (authorities.length === 0) throw noCa()
  const names = parsedNames(data['requestheader-allowed-names'] ?? '[]')
  const clientCas = names.length > 0 ? [] : parsedCertificates(data, 'client-ca-file')
  if (authorities.some(one => clientCas.some(other => isSameKey(one, other)))) throw sharedCa()
  return { authorities, names }
}

function isSameKey(one: X509Certificate, other: X509Certificate): boolean {
  return one.publicKey.equals(other.publicKey)
}

function parsedCertificates(data: Readonly<Record<string, string>>, key: string): X509Certificate[] {
  try {
    return certificatesIn(data[key])
  } catch (cause) {
    throw unusable(`a certificate that cannot be parsed in ${key}`, 'certificates in PEM', cause)
  }
}

function parsedNames(json: string): string[] {
  const wanted = 'a JSON list of names in requestheader-allowed-names'
  try {
    const names: unknown = JSON.parse(json)
    if (Array.isArray(names) && names.every(name => typeof name === 'string')) return names
  } catch (cause) {
    throw unusable('no JSON in requestheader-allowed-names', wanted, cause)
  }
  throw unusable('another value in requestheader-allowed-names', wanted)
}

function unusable(found: string, wanted: string, cause?: unknown): Fault {
  return new Fault('settings', {
    code: 'FrontProxyUnusable',
    found: `${found} of the ConfigMap kube-system/${authenticationConfigMap.name}`,
    wanted,
    todo: 'Correct the flags --requestheader-… of the API server, or choose another attestation.mode.',
    cause,
  })
}

function noCa(): Fault {
  return unusable(
    'no requestheader-client-ca-file',
    "the CA of the API server's front-proxy certificate, which it has if its aggregation layer is on",
  )
}

/** Some managed clusters sign front-proxy certificates with the CA of all client certificates, and allow every name. */
function sharedCa(): Fault {
  return new Fault('settings', {
    code: 'FrontProxyUnusable',
    found: `no requestheader-allowed-names, and a front-proxy CA that also signs client certificates, in the ConfigMap kube-system/${authenticationConfigMap.name}`,
    wanted: 'a CA of its own or allowed names, because otherwise every kubelet could ask for credentials',
    todo: 'Set the flag --requestheader-allowed-names of the API server, or choose another attestation.mode (policy from Kubernetes 1.36).',
  })
}
