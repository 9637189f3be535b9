import { type Row, rate } from './panel.ts'

/** How reviews end. */
export const admissionRow: Row = {
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
}
