import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { settingsOf } from '@ecr-anywhere/shared/settings.ts'
import type * as z from 'zod'
import { allBundles, apiServiceBundle, webhookConfigurations } from './bundles.ts'
import { requireReleaseObjects } from './missing.ts'
import { ownSecret } from './owner.ts'
import { keepServingPair, publishForeignCa } from './serving.ts'
import { keepTickets } from './ticket-secret.ts'

export interface KeepOptions {
  settings: z.output<typeof settingsOf.certs>
  nowMs: number
  report: (line: string) => void
}

/**
 * Carries out one phase for the release's serving pair, or publishes the CA of an existing pair; then one phase for its tickets.
 *
 * @throws Fault `settings`, `transient`
 */
export async function keepAll(kubernetes: Kubernetes, { settings, nowMs, report }: KeepOptions): Promise<void> {
  const { RELEASE_NAMESPACE: namespace, TLS_SECRET, TICKET_SECRET, SERVING_DNS_NAMES: dnsNames, OWNER: owner } = settings
  const {
    WEBHOOK_CONFIGURATIONS: configurations,
    API_SERVICE: apiService,
    ROTATE_PROPAGATE: propagateMs,
    ROTATE_RELOAD: reloadMs,
  } = settings
  const own = async (name: string) => owner && ownSecret(kubernetes, { namespace, name, owner })
  const done: string[] = []
  if (configurations !== undefined) {
    const bundles = allBundles([
      webhookConfigurations(kubernetes, configurations),
      ...(apiService === undefined ? [] : [apiServiceBundle(kubernetes, apiService, namespace)]),
    ])
    const serving = { namespace, name: TLS_SECRET, bundles, nowMs }
    done.push(
      dnsNames === undefined
        ? await publishForeignCa(kubernetes, serving)
        : await keepServingPair(kubernetes, { ...serving, dnsNames, propagateMs, reloadMs }),
    )
    if (dnsNames !== undefined) await own(TLS_SECRET)
  }
  if (TICKET_SECRET !== undefined) {
    const tenants = settings.ATTESTED_TENANTS ?? []
    const written = await keepTickets(kubernetes, { namespace, name: TICKET_SECRET, tenants, nowMs, reloadMs })
    done.push(`tickets ${written ? 'written' : 'unchanged'}`)
    await own(TICKET_SECRET)
  }
  report(`certs: ${done.join('; ') || 'nothing to do'}`)
  // This check comes last, so that a missing object does not prevent the repairs above.
  if (!settings.BEFORE_RELEASE)
    await requireReleaseObjects(kubernetes, { namespace, configurations: configurations ?? [], apiService, owner })
}
