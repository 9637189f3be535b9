/** A query of a panel, in PromQL. `$selector` is replaced by the matchers of the variables `cluster` and `namespace`. */
export interface Query {
  expr: string
  /** With the labels of a series in double braces. */
  legend: string
}

export interface Panel {
  title: string
  description: string
  kind: 'stat' | 'lines' | 'table'
  /** A unit of Grafana: `s`, `short`, `bytes`, `reqps`, `bool_on_off`. */
  unit: string
  /** Of the 24 columns of a dashboard. */
  width: number
  /** Value from which on it is red, or, if `isGoodAbove` is true, below which it is red. */
  badAt?: number
  isGoodAbove?: boolean
  queries: Query[]
}

export interface Row {
  title: string
  panels: Panel[]
}

const of = 'by (cluster, namespace)'
/** All replicas serve the same report. */
const latest = (metric: string, labels = '') => `max by (cluster, namespace${labels && `, ${labels}`}) (${metric}{$selector})`
const perReplica = (metric: string) => `${metric}{$selector} and on (cluster, namespace, instance) ecr_anywhere_build_info{$selector}`
const rate = (metric: string, labels: string) => `sum by (${labels}) (rate(${metric}{$selector}[$__rate_interval]))`
const left = (expr: string) => `${expr} - time()`
const hours = 3600

/** The dashboard from top to bottom: first what is wrong with Secrets, then why. */
export const rows: Row[] = [
  {
    title: 'Secrets and refresh',
    panels: [
      {
        title: 'Latest refresh',
        description: 'Whether the latest run of refresh failed. The ConfigMap ecr-anywhere-status has the cause.',
        kind: 'stat',
        unit: 'short',
        width: 4,
        badAt: 1,
        queries: [{ expr: latest('ecr_anywhere_refresh_failed'), legend: '{{cluster}} failed' }],
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
  },
  {
    title: 'Admission',
    panels: [
      {
        title: 'Reviews by result',
        description: 'Results other than injected, unchanged, skipped and dry_run mean that a Secret did not get new credentials.',
        kind: 'lines',
        unit: 'reqps',
        width: 8,
        queries: [{ expr: rate('ecr_anywhere_admission_requests_total', 'cluster, result'), legend: '{{cluster}} {{result}}' }],
      },
      {
        title: 'Denied and failed reviews by tenant',
        description: 'Reviews in the last 15 minutes that were denied, or that AWS prevented from getting new credentials.',
        kind: 'lines',
        unit: 'short',
        width: 8,
        queries: [
          {
            expr: 'sum by (cluster, tenant, result) (increase(ecr_anywhere_admission_requests_total{$selector, result=~"denied|error|kept|stale"}[15m]))',
            legend: '{{cluster}} {{tenant}} {{result}}',
          },
        ],
      },
      {
        title: 'Duration of reviews',
        description: 'The time from the parsed review to its answer: the median and the 99th percentile.',
        kind: 'lines',
        unit: 's',
        width: 8,
        queries: [0.5, 0.99].map(quantile => ({
          expr: `histogram_quantile(${quantile}, ${rate('ecr_anywhere_admission_duration_seconds_bucket', 'cluster, le')})`,
          legend: `{{cluster}} ${quantile * 100} %`,
        })),
      },
    ],
  },
  {
    title: 'AWS',
    panels: [
      {
        title: 'Token requests by result',
        description: 'Calls of GetAuthorizationToken in the last 15 minutes. The result is success or the code of AWS.',
        kind: 'lines',
        unit: 'short',
        width: 8,
        queries: [
          {
            expr: 'sum by (cluster, tenant, region, result) (increase(ecr_anywhere_token_requests_total{$selector}[15m]))',
            legend: '{{cluster}} {{tenant}} {{region}} {{result}}',
          },
        ],
      },
      {
        title: 'Latest token request',
        description: '1 if the latest call gave a token in every replica, 0 if it failed in one of them.',
        kind: 'lines',
        unit: 'short',
        width: 8,
        queries: [
          {
            expr: 'min by (cluster, tenant, region) (ecr_anywhere_token_last_result{$selector})',
            legend: '{{cluster}} {{tenant}} {{region}}',
          },
        ],
      },
      {
        title: 'Cached tokens expire in',
        description: 'The time until the cached token of a tenant and region expires, in the replica where it expires first.',
        kind: 'lines',
        unit: 's',
        width: 8,
        queries: [
          {
            expr: left('min by (cluster, tenant, region) (ecr_anywhere_token_expiry_timestamp_seconds{$selector})'),
            legend: '{{cluster}} {{tenant}} {{region}}',
          },
        ],
      },
    ],
  },
  {
    title: 'Webhook',
    panels: [
      {
        title: 'Replicas',
        description: 'The number of replicas that Prometheus scrapes, by version.',
        kind: 'stat',
        unit: 'short',
        width: 4,
        queries: [{ expr: 'count by (cluster, version) (ecr_anywhere_build_info{$selector})', legend: '{{cluster}} {{version}}' }],
      },
      {
        title: 'Certificate expires in',
        description: 'It is renewed 30 days before it expires.',
        kind: 'stat',
        unit: 's',
        width: 4,
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
  },
]
