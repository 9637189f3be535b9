import { setTimeout as sleep } from 'node:timers/promises'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { retrying } from '@ecr-anywhere/shared/kube/retry.ts'
import { type KubeAnswer, type KubeTransport, kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { secretsPath } from '../testbed/api-user.ts'
import { managedSecret } from './bed.ts'

/** A client of the cluster with one connection for each request in flight. */
export async function clientOf(kubeconfig: string, concurrency: number): Promise<KubeTransport> {
  process.env.KUBECONFIG = kubeconfig
  const client = await kubeTransport(loadKubeConfig(), concurrency)
  return { ...client, request: retrying(client, { sleep, random: Math.random }) }
}

/** Does `work` for 0 to count - 1 with limited concurrency. @returns the rate per second */
export async function perSecond(count: number, concurrency: number, work: (at: number) => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) await work(next++)
    }),
  )
  return count / ((performance.now() - startedMs) / 1000)
}

export async function create({ request }: KubeTransport, namespace: string, name: string): Promise<void> {
  const path = secretsPath(namespace)
  expectOk(await request({ method: 'POST', path, body: JSON.stringify(managedSecret(namespace, name)) }))
}

export async function touch({ request }: KubeTransport, namespace: string, name: string): Promise<void> {
  const mark = { [annotations.markedForUpdateAt]: `${new Date().toISOString()} ${Math.random()}` }
  expectOk(await kubernetes({ request }).touch({ namespace, name, annotations: mark, fieldManager: 'bench' }))
}

function expectOk({ status, body }: KubeAnswer): void {
  if (status !== 200 && status !== 201) throw new Error(`the API server answered ${status}: ${(body as { message?: string }).message}`)
}
