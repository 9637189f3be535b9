import { setTimeout as sleep } from 'node:timers/promises'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { keepAll } from './kube/keep-all.ts'

/** One connection is enough, because `certs` sends one request at a time. */
const connections = 1

/** `ecr-anywhere certs`. @returns 0 @throws Fault `settings`, `transient` */
export async function main(): Promise<number> {
  const settings = readSettings(settingsOf.certs, process.env)
  const transport = await kubeTransport(loadKubeConfig(), connections)
  const api = kubernetes(transport, { retries: { sleep, random: Math.random } })
  await keepAll(api, { settings, nowMs: Date.now(), report: line => void process.stdout.write(`${line}\n`) })
  transport.close()
  return 0
}
