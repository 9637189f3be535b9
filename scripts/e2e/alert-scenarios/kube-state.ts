import { alive, of, type Scenario } from './scenario.ts'

const cronJob = (metric: string, name: string) =>
  `kube_cronjob_${metric}{cluster="a", namespace="ecr", cronjob="ecr-anywhere-${name}", job="kube-state-metrics"}`
const scheduled = (name: string) => cronJob('status_last_schedule_time', name)
const succeeded = (name: string) => cronJob('status_last_successful_time', name)
const about = (alert: string, name: string) => ({ alert, labels: { ...of('a'), cronjob: `ecr-anywhere-${name}` } })
const certsFailed = about('ECRAnywhereCertsFailed', 'certs')
const gcpSyncFailed = about('ECRAnywhereGcpSyncFailed', 'gcp-sync')

/** The alerts that kube-state-metrics feeds. */
export const kubeStateScenarios: Scenario[] = [
  {
    about: 'a CronJob is suspended for half an hour, and one of another program as well',
    series: { ...alive, [cronJob('spec_suspend', 'refresh')]: '0x5 1x30 0x30', 'kube_cronjob_spec_suspend{cronjob="other"}': '1x60' },
    at: { '10m': [], '22m': [about('ECRAnywhereCronJobSuspended', 'refresh')], '37m': [] },
  },
  {
    about: 'certs fails once, and succeeds an hour later',
    series: { ...alive, [scheduled('certs')]: '600x60 4000x60', [succeeded('certs')]: '100x70 4010x50' },
    at: { '15m': [], '25m': [certsFailed], '60m': [certsFailed], '72m': [] },
  },
  {
    about: 'gcp-sync has never succeeded',
    series: { ...alive, [scheduled('gcp-sync')]: '600x60' },
    at: { '15m': [], '60m': [gcpSyncFailed] },
  },
  {
    about: 'gcp-sync fails, and the next run succeeds',
    series: { ...alive, [scheduled('gcp-sync')]: '600x60', [succeeded('gcp-sync')]: '100x30 2410x30' },
    at: { '25m': [gcpSyncFailed], '32m': [] },
  },
  {
    about: 'both succeed after each time that they are due, and refresh is watched by its own report',
    series: { ...alive, [scheduled('certs')]: '600x60', [succeeded('certs')]: '605x60', [scheduled('refresh')]: '600x60' },
    at: { '60m': [] },
  },
]
