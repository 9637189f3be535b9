import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { secretObject } from '@ecr-anywhere/shared/kube/objects.ts'
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

/** Creates and rotates tickets, and removes those that are no longer needed. @returns whether the Secret was written @throws Fault `transient` */
export async function keepTickets(
  kubernetes: Kubernetes,
  { namespace, name, tenants, nowMs, reloadMs }: TicketSecretOptions,
): Promise<boolean> {
  const secret = await kubernetes.get({ apiVersion: 'v1', kind: 'Secret', namespace, name }, secretObject)
  const phaseSinceMs = parseTime(secret?.metadata.annotations[annotations.rotationPhaseSince])
  const content = nextTickets({ data: secret?.data ?? {}, phaseSinceMs }, { tenants, nowMs, reloadMs, mint: mintTicket })
  if (content === undefined) return false
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { namespace, name, annotations: { [annotations.rotationPhaseSince]: formatTime(content.phaseSinceMs) } },
    data: content.data,
  }
  await kubernetes.apply(object, fieldManagers.certs)
  return true
}
