import { readFile, writeFile } from 'node:fs/promises'
import type { Cluster } from './cluster.ts'
import { must } from './testbed.ts'

/** Creates a service account without rights, and writes a kubeconfig with its token to `file`. */
export async function serviceAccount(
  { kubectl, kubeconfig }: Cluster,
  { namespace, name, file }: { namespace: string; name: string; file: string },
): Promise<void> {
  await must(kubectl('create', 'serviceaccount', '-n', namespace, name))
  const token = (await must(kubectl('create', 'token', '-n', namespace, name))).trim()
  const config = JSON.parse(await readFile(kubeconfig, 'utf8'))
  await writeFile(file, JSON.stringify({ ...config, users: [{ name: 'user', user: { token } }] }), { mode: 0o600 })
}
