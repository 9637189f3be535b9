import { hours, latest, left, of, perReplica, type Row } from './panel.ts'

/** The state of the replicas. */
export const webhookRow: Row = {
  title: 'Webhook',
  panels: [
    {
      title: 'Replicas',
      description: 'The number of replicas that Prometheus scrapes, by version.',
      kind: 'stat',
      unit: 'short',
      width: 4,
      height: 8,
      queries: [{ expr: 'count by (cluster, version) (ecr_anywhere_build_info{$selector})', legend: '{{cluster}} {{version}}' }],
    },
    {
      title: 'Certificate expires in',
      description: 'It is renewed 30 days before it expires.',
      kind: 'stat',
      unit: 's',
      width: 4,
      height: 8,
      badAt: 14 * 24 * hours,
      isGoodAbove: true,
      queries: [
        { expr: left(`min ${of} (ecr_anywhere_serving_certificate_not_after_timestamp_seconds{$selector})`), legend: '{{cluster}}' },
      ],
    },
    {
      title: 'Ready parts',
      description: '0 if a part of at least one replica is not ready.',
      kind: 'lines',
      unit: 'short',
      width: 8,
      queries: [{ expr: 'min by (cluster, part) (ecr_anywhere_ready{$selector})', legend: '{{cluster}} {{part}}' }],
    },
    {
      title: 'Report of refresh',
      description: 'Whether the ConfigMap ecr-anywhere-status can be read: the state with the value 1.',
      kind: 'lines',
      unit: 'short',
      width: 8,
      queries: [{ expr: latest('ecr_anywhere_refresh_report', 'state'), legend: '{{cluster}} {{state}}' }],
    },
    {
      title: 'Tickets',
      description: 'The number of tickets of each tenant. With none, its Secrets are refused. Empty if attestation uses no tickets.',
      kind: 'lines',
      unit: 'short',
      width: 8,
      queries: [{ expr: 'min by (cluster, tenant) (ecr_anywhere_tickets{$selector})', legend: '{{cluster}} {{tenant}}' }],
    },
    {
      title: 'Memory',
      description: 'The resident memory of each replica.',
      kind: 'lines',
      unit: 'bytes',
      width: 8,
      queries: [{ expr: perReplica('process_resident_memory_bytes'), legend: '{{cluster}} {{instance}}' }],
    },
    {
      title: 'Event loop delay',
      description: 'The 99th percentile in each replica. A replica that is busy answers late.',
      kind: 'lines',
      unit: 's',
      width: 8,
      queries: [{ expr: perReplica('nodejs_eventloop_lag_p99_seconds'), legend: '{{cluster}} {{instance}}' }],
    },
  ],
}
