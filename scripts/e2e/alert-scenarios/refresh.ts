import { alive, hour, minute, of, type Scenario, series } from './scenario.ts'

const failed = series('refresh_failed')
const lastRun = series('refresh_last_run_timestamp_seconds')
const started = series('start_timestamp_seconds')
const expiry = (instance = '1', name = 'pull') =>
  series('secret_expiry_timestamp_seconds', { secret_namespace: 'team', secret_name: name, instance })
const lifetime = series('secret_lifetime_seconds', { secret_namespace: 'team', secret_name: 'pull' })
const never = series('managed_secrets', { state: 'NeverInjected' })
const first = ['team/pull']

const isFailed = { alert: 'ECRAnywhereRefreshFailed', labels: of('a') }
const isStale = { alert: 'ECRAnywhereRefreshStale', labels: of('a') }
const expiresSoon = { alert: 'ECRAnywhereSecretExpiringSoon', labels: of('a'), value: 1, first }
const hasExpired = { alert: 'ECRAnywhereSecretExpired', labels: of('a'), value: 1, first }
const neverInjected = { alert: 'ECRAnywhereSecretNeverInjected', labels: of('a'), value: 2 }

/** The alerts that the report of the refresher feeds. */
export const refreshScenarios: Scenario[] = [
  {
    about: 'a run fails in one cluster of two, and the next one succeeds',
    series: { ...alive, [failed]: '0x10 1x15 0x30', [series('refresh_failed', {}, 'b')]: '0x60' },
    at: { '10m': [], '13m': [isFailed], '25m': [isFailed], '28m': [] },
  },
  {
    about: 'kubelet updates one replica a minute after the other',
    series: { ...alive, [failed]: '0x10 1x15 0x30', [series('refresh_failed', { instance: '2' })]: '0x11 1x15 0x30' },
    at: { '13m': [isFailed], '28m': [] },
  },
  {
    about: 'one broken Secret makes every run fail, but all of them end',
    series: { ...alive, [failed]: '1x180', [lastRun]: '0+60x180' },
    at: { '170m': [isFailed] },
  },
  {
    about: 'the CronJob is suspended after ten minutes, and resumed after two hours',
    series: { ...alive, [started]: '0x180', [lastRun]: `${10 * minute}x120 ${121 * minute}x60` },
    at: { '69m': [], '72m': [isStale], '120m': [isStale], '122m': [] },
  },
  {
    about: 'no run was ever recorded: silent for an hour after the install, also where a replica was replaced',
    series: { ...alive, [started]: '0x180', [series('start_timestamp_seconds', { instance: '2' })]: `_x30 ${30 * minute}x150` },
    at: { '5m': [], '59m': [], '62m': [isStale], '170m': [isStale] },
  },
  {
    about: 'the first run comes a quarter of an hour after the install',
    series: { ...alive, [started]: '0x60', [lastRun]: `_x15 ${15 * minute}x45` },
    at: { '5m': [], '14m': [], '60m': [] },
  },
  {
    about: 'a Secret is not renewed, and expires after three hours, while the state that was counted last remains Fresh',
    series: { ...alive, [expiry()]: `${3 * hour}x400`, [series('managed_secrets', { state: 'Fresh' })]: '1x400' },
    at: { '64m': [], '67m': [expiresSoon], '179m': [expiresSoon], '186m': [hasExpired], '400m': [hasExpired] },
  },
  {
    about: 'a Secret is renewed an hour before it expires',
    series: { ...alive, [expiry()]: `${2 * hour}x60 ${13 * hour}x100` },
    at: { '30m': [expiresSoon], '62m': [], '150m': [] },
  },
  {
    about: 'credentials that are valid for an hour, which is usual for public.ecr.aws, are renewed twice an hour',
    series: { ...alive, [expiry()]: '3600+60x100', [lifetime]: `${hour}x100` },
    at: { '10m': [], '60m': [] },
  },
  {
    about: 'credentials that are valid for an hour are not renewed',
    series: { ...alive, [expiry()]: `${hour}x100 ${13 * hour}x20`, [lifetime]: `${hour}x100 ${12 * hour}x20` },
    at: { '59m': [], '66m': [hasExpired], '102m': [] },
  },
  {
    about: 'an expired Secret is renewed',
    series: { ...alive, [expiry()]: `0x30 ${13 * hour}x100` },
    at: { '20m': [hasExpired], '32m': [] },
  },
  {
    about: 'one replica still shows the expiry of before a renewal',
    series: { ...alive, [expiry()]: `${hour}x60`, [expiry('2')]: `${13 * hour}x60` },
    at: { '30m': [] },
  },
  {
    about: 'Secrets are stored where no webhook is called, and their namespace is then enabled',
    series: { ...alive, [never]: '0x10 2x20 0x30', [series('managed_secrets', { state: 'Due' })]: '7x60' },
    at: { '12m': [], '17m': [neverInjected], '32m': [] },
  },
]
