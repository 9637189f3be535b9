import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { accountKubeconfig, provisionUser, refreshUser, startProvision } from '@ecr-anywhere/scripts/testbed/provision-process.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import type { Test } from 'tap'

/** The name of the image pull secret in the values. */
export const secretName = 'ecr-anywhere-pull'
const values = { provision: { enabled: true, secretName } }

/** A provisioner that runs with the service account, the Roles and the policies of the chart, and what tests ask about its work. */
export async function startProvisioned(t: Test) {
  const bed = await startAttested(t, {
    values,
    controlPlane: { audit: true },
    env: { PROVISIONERS: `${provisionUser},${refreshUser}` },
  })
  const { cluster } = bed
  const { kubectl } = cluster
  const account = await accountKubeconfig(cluster, 'ecr-anywhere-provision', bed.dir)
  const client = await apiUser(cluster.kubeconfig, 16)
  t.teardown(client.close)
  let running = await startProvision(account, { secret: secretName })
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    running.kill(signal)
    return running.ended
  }
  t.teardown(() => stop('SIGKILL'))
  const exists = async (namespace: string, name = secretName) =>
    (await client.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}/secrets/${name}` })).status === 200
  const events = async (namespace: string) => {
    const jsonpath = '{range .items[*]}{.reason}: {.message}{"\\n"}{end}'
    return (await must(kubectl('get', 'events', '-n', namespace, '-o', `jsonpath=${jsonpath}`))).trim().split('\n').filter(Boolean)
  }
  return {
    bed,
    cluster,
    client,
    /** The process that runs at the moment. */
    provision: () => running,
    /** @returns the exit code, or null after a signal that ended it */
    stop,
    restart: async (kubeconfig = account) => {
      running = await startProvision(kubeconfig, { secret: secretName })
    },
    /** Starts another replica, which ends with the test. */
    startReplica: async (owner: Test) => {
      const other = await startProvision(account, { secret: secretName })
      owner.teardown(async () => {
        other.kill('SIGKILL')
        await other.ended
      })
      return other
    },
    /** Creates namespaces with a value of the label, and annotations, at the same time. */
    create: async (names: readonly string[], value: string = enabledValue, notes: Record<string, string> = {}) => {
      await Promise.all(
        names.map(async name => {
          const metadata = { name, labels: { [labels.namespace]: value }, annotations: notes }
          const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata })
          const { status } = await client.request({ method: 'POST', path: '/api/v1/namespaces', body })
          if (status !== 201) throw new Error(`HTTP ${status} on creating namespace ${name}`)
        }),
      )
    },
    /** Whether a namespace has the Secret. */
    exists,
    allExist: async (names: readonly string[]) => (await Promise.all(names.map(name => exists(name)))).every(Boolean),
    /** The Events in a namespace, as `Reason: message`. */
    events,
    /** The requests of the provisioner to create Secrets, by namespace and status, as the API server recorded them. */
    creates: async (): Promise<{ namespace: string; code: number }[]> => {
      const lines = (await readFile(join(cluster.dir, 'audit.log'), 'utf8')).split('\n').filter(line => line.includes(provisionUser))
      return lines
        .map(line => JSON.parse(line))
        .filter(({ verb, stage, objectRef }) => verb === 'create' && stage === 'ResponseComplete' && objectRef.resource === 'secrets')
        .map(({ objectRef, responseStatus }) => ({ namespace: objectRef.namespace, code: responseStatus.code }))
    },
  }
}

/** Names of namespaces: `prefix-0`, `prefix-1`, … */
export function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}-${at}`)
}
