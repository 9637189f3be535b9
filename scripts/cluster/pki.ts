import { generateKeyPair } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generate } from 'selfsigned'

/** A certificate and its key in PEM. */
export interface Certified {
  cert: string
  key: string
}

/** The certificates and keys of a cluster. They are also written to files in `dir`, which the servers read. */
export interface Pki {
  dir: string
  ca: Certified
  apiServer: Certified
  /** the client certificate of a member of system:masters, who has all rights */
  admin: Certified
  /** the CA of the certificate with which the API server calls aggregated APIs; it signs no client certificates */
  frontProxyCa: Certified
}

/** The common name in that certificate, as in kubeadm. */
export const frontProxyName = 'front-proxy-client'

/** Creates a CA, an API server certificate for these IP addresses, an admin, and the service account key (RSA, as on EKS). */
export async function mintPki(dir: string, addresses: string[]): Promise<Pki> {
  await mkdir(dir, { recursive: true })
  const [ca, frontProxyCa, serviceAccount] = await Promise.all([mintCa('cluster-ca'), mintCa('front-proxy-ca'), mintServiceAccountKey()])
  const [apiServer, admin, frontProxy] = await Promise.all([
    mintServer(ca, { name: 'kube-apiserver', dnsNames: apiServerNames, addresses }),
    mintClient(ca, { name: 'admin', groups: ['system:masters'] }),
    mintClient(frontProxyCa, { name: frontProxyName }),
  ])
  const files = {
    'ca.crt': ca.cert,
    'ca.key': ca.key,
    'apiserver.crt': apiServer.cert,
    'apiserver.key': apiServer.key,
    'front-proxy-ca.crt': frontProxyCa.cert,
    'front-proxy.crt': frontProxy.cert,
    'front-proxy.key': frontProxy.key,
    ...serviceAccount,
  }
  for (const [name, pem] of Object.entries(files)) await writeFile(join(dir, name), pem, { mode: 0o600 })
  return { dir, ca, apiServer, admin, frontProxyCa }
}

/** Creates a client certificate. Kubernetes reads the user name from CN and the groups from each O. */
export async function mintClient(ca: Certified, { name, groups = [] }: { name: string; groups?: string[] }): Promise<Certified> {
  const subject = [...groups.map(group => attribute('organizationName', group)), attribute('commonName', name)]
  return await mint({ subject, ca, extensions: [leaf, { name: 'extKeyUsage', clientAuth: true }] })
}

type Options = NonNullable<Parameters<typeof generate>[1]>
type Extension = NonNullable<Options['extensions']>[number]

const leaf: Extension = { name: 'keyUsage', digitalSignature: true, critical: true }

export async function mintCa(name: string): Promise<Certified> {
  const extensions: Extension[] = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ]
  return await mint({ subject: [attribute('commonName', name)], extensions })
}

const apiServerNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'localhost']

/** A serving certificate for these names and IP addresses. */
export async function mintServer(
  ca: Certified,
  { name, dnsNames, addresses = [] }: { name: string; dnsNames: readonly string[]; addresses?: readonly string[] },
): Promise<Certified> {
  const altNames = [...dnsNames.map(value => ({ type: 2 as const, value })), ...addresses.map(ip => ({ type: 7 as const, ip }))]
  const extensions: Extension[] = [leaf, { name: 'extKeyUsage', serverAuth: true }, { name: 'subjectAltName', altNames }]
  return await mint({ subject: [attribute('commonName', name)], ca, extensions })
}

interface Wanted {
  subject: { name: string; value: string }[]
  extensions: Extension[]
  ca?: Certified
}

async function mint({ subject, extensions, ca }: Wanted): Promise<Certified> {
  const pems = await generate(subject, { keyType: 'ec', algorithm: 'sha256', extensions, ...(ca && { ca }) })
  return { cert: pems.cert, key: pems.private }
}

function attribute(name: string, value: string): { name: string; value: string } {
  // selfsigned joins these to one RFC 4514 string, in which the following characters separate names.
  return { name, value: value.replace(/[\\",+;<>=#]/g, '\\$&') }
}

async function mintServiceAccountKey(): Promise<Record<'sa.key' | 'sa.pub', string>> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return {
    'sa.key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'sa.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}
