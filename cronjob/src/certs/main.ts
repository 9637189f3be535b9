import { setTimeout as sleep } from 'node:timers/promises'
import { kubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/config.ts'
import { applyObject, getObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { retrying } from '@ecr-anywhere/shared/kube/retry.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { mintPair } from '../tls/mint.ts'
import { certs } from './certs.ts'
import { bundlesIn, webhookConfigurations } from './kube/bundles.ts'
import { keepTickets } from './kube/ticket-secret.ts'
import { secretOf, stateOf } from './stored.ts'

/** One request at a time: `certs` is no hot path. */
const connections = 1

/** `ecr-anywhere certs`: one phase. @returns 0 @throws Fault `settings`, `passing` */
export async function main(): Promise<number> {
  const settings = readSettings(settingsOf.certs, process.env)
  const { RELEASE_NAMESPACE: namespace, TLS_SECRET: name, SERVING_DNS_NAMES: dnsNames } = settings
  const client = await kubeClient(loadKubeConfig(), connections)
  const send = retrying(client, { sleep, random: Math.random })
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`
  const configurations = webhookConfigurations(send, settings.WEBHOOK_CONFIGURATIONS)
  const { phase, published } = await certs(
    {
      readState: async () => stateOf(await getObject(send, path), dnsNames),
      write: content => applyObject(send, { path, object: secretOf(content, { namespace, name }), fieldManager: fieldManagers.certs }),
      readBundles: async () => (await configurations.read()).flatMap(bundlesIn),
      publish: configurations.publish,
      mint: nowMs => mintPair(dnsNames, nowMs),
    },
    { nowMs: Date.now(), propagateMs: settings.ROTATE_PROPAGATE, reloadMs: settings.ROTATE_RELOAD },
  )
  const ticketsWritten =
    settings.TICKET_SECRET !== undefined &&
    (await keepTickets(send, {
      namespace,
      name: settings.TICKET_SECRET,
      tenants: settings.ATTESTED_TENANTS ?? [],
      nowMs: Date.now(),
      reloadMs: settings.ROTATE_RELOAD,
    }))
  client.close()
  process.stdout.write(
    `certs: ${phase.do} (${phase.why}); caBundle set on ${published} webhooks; tickets ${ticketsWritten ? 'written' : 'as they were'}\n`,
  )
  return 0
}
