import { metricNames } from '@ecr-anywhere/shared/names.ts'
import type { Registry } from 'prom-client'
import type { Readiness } from '../readiness.ts'
import { sampledGauge } from './sampled-gauge.ts'

export interface ReadinessGauges {
  readiness: () => Readiness
  /** The number of tickets of each tenant; undefined if attestation by tickets is disabled. */
  ticketCounts: () => ReadonlyMap<string, number> | undefined
}

/** Whether this replica can serve, and which part prevents it. A missing ticket of one tenant does not make a replica unready. */
export function readinessGauges(registers: Registry[], { readiness, ticketCounts }: ReadinessGauges): void {
  sampledGauge({
    name: metricNames.ready,
    help: '1 if a part of the webhook is ready, 0 if it is not. A part that is not in use is ready',
    labelNames: ['part'],
    registers,
    samples: () => Object.entries(readiness()).map(([part, problem]) => ({ labels: { part }, value: Number(problem === undefined) })),
  })
  sampledGauge({
    name: metricNames.tickets,
    help: 'The number of tickets that are mounted for a tenant. With none, its Secrets are refused',
    labelNames: ['tenant'],
    registers,
    samples: () => [...(ticketCounts() ?? [])].map(([tenant, value]) => ({ labels: { tenant }, value })),
  })
}
