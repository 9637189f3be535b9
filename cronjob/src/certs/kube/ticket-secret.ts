import type { KubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { applyObject, getObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { formatTime, parseTime } from '@ecr-anywhere/shared/time.ts'
import { mintTicket } from '../random/mint-ticket.ts'
import { nextTickets } from '../tickets.ts'

export interface TicketSecretOptions {
  namespace: string
  name: string
  tenants: readonly string[]
  nowMs: number
  reloadMs: number
}

/** Makes, rotates and tidies the tickets. @returns whether something was written @throws Fault `transient` */
export async function keepTickets(
  send: KubeClient['request'],
  { namespace, name, tenants, nowMs, reloadMs }: TicketSecretOptions,
): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`
  const { data, metadata } = ((await getObject(send, path)) ?? {}) as {
    data?: Record<string, string>
    metadata?: { annotations?: Record<string, string> }
  }
  const phaseSinceMs = parseTime(metadata?.annotations?.[annotations.rotationPhaseSince])
  const content = nextTickets({ data: data ?? {}, phaseSinceMs }, { tenants, nowMs, reloadMs, mint: mintTicket })
  if (content === undefined) return false
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { namespace, name, annotations: { [annotations.rotationPhaseSince]: formatTime(content.phaseSinceMs) } },
    data: content.data,
  }
  await applyObject(send, { path, object, fieldManager: fieldManagers.certs })
  return true
}
