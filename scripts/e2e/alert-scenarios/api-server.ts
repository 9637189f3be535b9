import { alive, type Scenario } from './scenario.ts'

const job = 'job="apiserver", cluster="a", namespace="default"'
const policy = (error: string, name = 'ecr-anywhere-attach') =>
  `apiserver_mutating_admission_policy_check_total{${job}, policy="${name}", policy_binding="${name}", error_type="${error}"}`
const condition = (kind: string, name: string) =>
  `apiserver_admission_match_condition_evaluation_errors_total{${job}, kind="${kind}", name="${name}", operation="CREATE"}`
const failOpen = (name: string) => `apiserver_admission_webhook_fail_open_count{${job}, name="${name}", type="admit"}`
const webhook = 'attach.team-a.ecr-anywhere.centml.ai'
const attachFailed = { alert: 'ECRAnywhereAttachFailed', labels: { cluster: 'a', namespace: 'default' } }

/** The alerts that the metrics of the API server feed. */
export const apiServerScenarios: Scenario[] = [
  {
    about: 'one mutation of a pod fails, which is the first sample of its series, and all others succeed',
    series: { ...alive, [policy('no_error')]: '0+9x60', [policy('invalid_error')]: '_x20 1x40' },
    at: { '19m': [], '21m': [attachFailed], '29m': [attachFailed], '35m': [] },
  },
  {
    about: 'match conditions of the policy fail again hours after an earlier error',
    series: { ...alive, [condition('policy', 'ecr-anywhere-attach')]: '1x200 2x60' },
    at: { '30m': [], '190m': [], '203m': [attachFailed], '215m': [] },
  },
  {
    about: 'match conditions of the webhook fail',
    series: { ...alive, [condition('webhook', webhook)]: '0x20 0+1x5 5x40' },
    at: { '19m': [], '25m': [attachFailed], '50m': [] },
  },
  {
    about: 'the webhook for pods does not answer for five minutes',
    series: { ...alive, [failOpen(webhook)]: '0x20 0+3x5 15x40' },
    at: { '19m': [], '25m': [attachFailed], '50m': [] },
  },
  {
    about: 'policies and webhooks of others fail, and ours do not',
    series: {
      ...alive,
      [policy('no_error')]: '0+9x60',
      [policy('invalid_error', 'other')]: '0+1x60',
      [condition('policy', 'other')]: '0+1x60',
      [condition('webhook', 'attach.example.com')]: '0+1x60',
      [failOpen('default.ecr-anywhere.centml.ai.example.com')]: '0+1x60',
    },
    at: { '30m': [], '60m': [] },
  },
]
