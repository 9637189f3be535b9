import type { Certified } from './pki.ts'

/** The text of a kubeconfig for one user of one cluster, including certificates. It is JSON, which is also YAML. */
export function kubeconfig({ url, ca, user }: { url: string; ca: Certified; user: Certified }): string {
  const cluster = { server: url, 'certificate-authority-data': base64(ca.cert) }
  const credentials = { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster }],
    users: [{ name: 'user', user: credentials }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
