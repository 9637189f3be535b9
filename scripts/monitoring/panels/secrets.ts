import { hours, latest, left, of, type Row } from './panel.ts'

/** What is wrong with Secrets: the report of the refresher. */
export const secretsRow: Row = {
  title: 'Secrets and refresh',
  panels: [
    {
      title: 'Latest refresh',
      description: 'Whether the latest run of refresh failed. The ConfigMap ecr-anywhere-status has the cause.',
      kind: 'stat',
      unit: 'short',
      width: 4,
      badAt: 1,
      texts: { 0: 'succeeded', 1: 'failed' },
      queries: [{ expr: latest('ecr_anywhere_refresh_failed'), legend: '{{cluster}}' }],
    },
    {
      title: 'Since the latest refresh',
      description: 'The time since a run of refresh ended, whatever its result.',
      kind: 'stat',
      unit: 's',
      width: 4,
      badAt: hours,
      queries: [{ expr: `time() - ${latest('ecr_anywhere_refresh_last_run_timestamp_seconds')}`, legend: '{{cluster}}' }],
    },
    {
      title: 'Since the latest success',
      description: 'The time since a run of refresh succeeded.',
      kind: 'stat',
      unit: 's',
      width: 4,
      badAt: hours,
      queries: [{ expr: `time() - ${latest('ecr_anywhere_refresh_last_success_timestamp_seconds')}`, legend: '{{cluster}}' }],
    },
    {
      title: 'Secrets not renewed',
      description: 'The number of Secrets that the latest refresh could not renew.',
      kind: 'stat',
      unit: 'short',
      width: 4,
      badAt: 1,
      queries: [{ expr: latest('ecr_anywhere_refresh_failures'), legend: '{{cluster}}' }],
    },
    {
      title: 'First expiry',
      description: 'The time until the first managed Secret expires.',
      kind: 'stat',
      unit: 's',
      width: 4,
      badAt: 2 * hours,
      isGoodAbove: true,
      queries: [
        {
          expr: `min ${of} (${left(latest('ecr_anywhere_secret_expiry_timestamp_seconds', 'secret_namespace, secret_name'))})`,
          legend: '{{cluster}}',
        },
      ],
    },
    {
      title: 'Not in enabled namespaces',
      description: 'The number of managed Secrets in namespaces that are not enabled. They are not renewed.',
      kind: 'stat',
      unit: 'short',
      width: 4,
      badAt: 1,
      queries: [{ expr: latest('ecr_anywhere_managed_secrets_not_enabled'), legend: '{{cluster}}' }],
    },
    {
      title: 'Managed Secrets by state',
      description: 'The states after the latest refresh: Fresh, Due, Expired and NeverInjected.',
      kind: 'lines',
      unit: 'short',
      width: 12,
      queries: [{ expr: latest('ecr_anywhere_managed_secrets', 'state'), legend: '{{cluster}} {{state}}' }],
    },
    {
      title: 'Secrets that expire first',
      description: 'The time until each of these Secrets expires.',
      kind: 'table',
      unit: 's',
      width: 12,
      queries: [
        {
          expr: `sort(bottomk(20, ${left(latest('ecr_anywhere_secret_expiry_timestamp_seconds', 'secret_namespace, secret_name'))}))`,
          legend: '{{secret_namespace}}/{{secret_name}}',
        },
      ],
    },
  ],
}
