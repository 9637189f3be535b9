import { setTimeout as sleep } from 'node:timers/promises'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { requireReleaseObjects } from './kube/missing.ts'
import { ownSecret } from './kube/owner.ts'
import { keepServingPair, publishForeignCa } from './kube/serving.ts'
import { keepTickets } from './kube/ticket-secret.ts'

/** One request at a time: `certs` is no hot path. */
const connections = 1

/** `ecr-anywhere certs`: one phase of whatever is its to keep. @returns 0 @throws Fault `settings`, `transient` */
export async function main(): Promise<number> {
  const settings = readSettings(settingsOf.certs, process.env)
  const { RELEASE_NAMESPACE: namespace, TLS_SECRET, TICKET_SECRET, SERVING_DNS_NAMES: dnsNames, OWNER: owner } = settings
  const client = await kubeTransport(loadKubeConfig(), connections)
  const api = kubernetes(client, { retries: { sleep, random: Math.random } })
  const [nowMs, propagateMs, reloadMs] = [Date.now(), settings.ROTATE_PROPAGATE, settings.ROTATE_RELOAD]
  const done: string[] = []

  const configurations = settings.WEBHOOK_CONFIGURATIONS
  if (configurations !== undefined) {
    const serving = { namespace, name: TLS_SECRET, configurations }
    done.push(
      dnsNames === undefined
        ? await publishForeignCa(api, { ...serving, nowMs })
        : await keepServingPair(api, { ...serving, dnsNames, nowMs, propagateMs, reloadMs }),
    )
    if (dnsNames !== undefined && owner !== undefined) await ownSecret(api, { namespace, name: TLS_SECRET, owner })
  }
  if (TICKET_SECRET !== undefined) {
    const tenants = settings.ATTESTED_TENANTS ?? []
    const written = await keepTickets(api, { namespace, name: TICKET_SECRET, tenants, nowMs, reloadMs })
    done.push(`tickets ${written ? 'written' : 'as they were'}`)
    if (owner !== undefined) await ownSecret(api, { namespace, name: TICKET_SECRET, owner })
  }
  process.stdout.write(`certs: ${done.join('; ') || 'nothing to keep'}\n`)
  // Last: what can be repaired is repaired, whatever else is wrong.
  if (!settings.BEFORE_RELEASE) await requireReleaseObjects(api, { namespace, configurations: configurations ?? [], owner })
  client.close()
  return 0
}
