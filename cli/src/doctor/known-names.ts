import type { Facts } from './facts/facts.ts'
import type { KnownNames } from './redact.ts'

/** The names that the results of the checks may contain, from what the checks have read. What could not be read is not in the results either. */
export async function knownNames({ cluster, namespaces, secrets, pods, workload, admission }: Facts): Promise<KnownNames> {
  const [spaces, found, scan, own, objects] = await Promise.all([
    namespaces().catch(() => undefined),
    secrets().catch(() => undefined),
    pods().catch(() => undefined),
    workload().catch(() => undefined),
    admission().catch(() => undefined),
  ])
  const listed = [...(found?.managed ?? []), ...(found?.misspelt ?? []), ...(found?.unmanaged ?? [])]
  return {
    context: [cluster.context],
    host: [hostOf(cluster.server)],
    namespace: [cluster.namespace, ...(spaces?.all ?? []), ...listed.map(({ namespace }) => namespace)],
    Secret: listed.map(({ name }) => name),
    pod: [...(scan?.waiting ?? []).map(({ name }) => name), ...(own?.pods ?? []).map(({ metadata }) => metadata.name)],
    tenant: [...(objects?.expected.tenants ?? []), ...(spaces?.enabled ?? []).map(({ value }) => value)],
  }
}

function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).hostname : ''
}
