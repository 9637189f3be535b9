import { left, type Row } from './panel.ts'

/** Whether AWS gives tokens. */
export const tokensRow: Row = {
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
}
