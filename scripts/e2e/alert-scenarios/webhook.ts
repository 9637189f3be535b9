import { alive, day, of, type Scenario, series } from './scenario.ts'

const info = (cluster: string) => series('build_info', { version: '1' }, cluster)
const ready = (part: string, instance: string) => series('ready', { part, instance })
const admissions = (result: string, operation = 'UPDATE') => series('admission_requests_total', { tenant: 'default', operation, result })
const lastResult = (region: string) => series('token_last_result', { tenant: 'default', region })
const tickets = (tenant: string, instance = '1') => series('tickets', { tenant, instance })
const certificate = (instance: string) => series('serving_certificate_not_after_timestamp_seconds', { instance })

const isDown = { alert: 'ECRAnywhereWebhookDown', labels: of('a') }
const hasErrors = (result: string) => ({ alert: 'ECRAnywhereAdmissionErrors', labels: { ...of('a'), tenant: 'default', result } })
const deniesMore = { alert: 'ECRAnywhereAdmissionDenialsJump', labels: { ...of('a'), tenant: 'default' } }
const getsNoToken = { alert: 'ECRAnywhereTokenRequestsFailing', labels: { ...of('a'), tenant: 'default', region: 'us-east-1' } }
const certificateExpires = { alert: 'ECRAnywhereCertificateExpiring', labels: of('a') }
const hasNoTicket = { alert: 'ECRAnywhereTicketsMissing', labels: { ...of('a'), tenant: 'team-a' } }

/** The alerts that the webhook's own state feeds. */
export const webhookScenarios: Scenario[] = [
  {
    about: 'the webhook of one cluster of a fleet disappears for half an hour',
    series: { [info('a')]: '1x10 stale _x30 1x20', [info('b')]: '1x70' },
    at: { '10m': [], '18m': [isDown], '40m': [isDown], '44m': [] },
  },
  {
    about: 'Prometheus never saw a webhook, until it comes',
    series: { [info('a')]: '_x20 1x20' },
    at: { '2m': [], '7m': [{ ...isDown, labels: {} }], '22m': [] },
  },
  {
    about: 'no replica is ready for ten minutes, each because of another part',
    series: {
      ...alive,
      [ready('front_proxy', '1')]: '1x5 0x10 1x30',
      [ready('certificate', '2')]: '1x5 0x10 1x30',
      [ready('tickets', '2')]: '1x45',
    },
    at: { '8m': [], '13m': [isDown], '20m': [] },
  },
  {
    about: 'one replica of two is not ready',
    series: { ...alive, [ready('front_proxy', '1')]: '0x60', [ready('front_proxy', '2')]: '1x60' },
    at: { '30m': [] },
  },
  {
    about: 'AWS fails for one admission, which keeps the older credentials',
    series: { ...alive, [admissions('kept')]: '0x10 1x50', [admissions('denied')]: '0x60', [admissions('injected')]: '0+5x60' },
    at: { '10m': [], '12m': [hasErrors('kept')], '22m': [] },
  },
  {
    about: 'the first error comes before the first scrape of a new pod, which therefore begins with 1',
    series: { ...alive, [admissions('error', 'CREATE')]: '_x30 1x60' },
    at: { '29m': [], '31m': [hasErrors('error')], '45m': [] },
  },
  {
    about: 'a client that is always denied is no jump',
    series: { ...alive, [admissions('denied')]: '0+1x600' },
    at: { '420m': [], '500m': [] },
  },
  {
    about: 'a few denials are no jump',
    series: { ...alive, [admissions('denied')]: '0x400 0+1x9 9x50' },
    at: { '412m': [], '440m': [] },
  },
  {
    about: 'a policy begins to deny everybody, for a quarter of an hour',
    series: { ...alive, [admissions('denied')]: '0+0x400 0+4x15 60x60' },
    at: { '400m': [], '410m': [deniesMore], '440m': [] },
  },
  {
    about: 'everybody is denied from the first hour on, when there is nothing to compare with',
    series: { ...alive, [admissions('denied')]: '0x3 0+4x10 40x60' },
    at: { '3m': [], '12m': [deniesMore], '40m': [] },
  },
  {
    about: 'AWS refuses a token in one region, and then gives it again',
    series: { ...alive, [lastResult('us-east-1')]: '1x10 0x10 1x30', [lastResult('eu-west-1')]: '1x50' },
    at: { '10m': [], '13m': [getsNoToken], '20m': [getsNoToken], '22m': [] },
  },
  {
    about: 'one replica gets a token in time, and the other does not',
    series: {
      ...alive,
      [lastResult('us-east-1')]: '1x30',
      [series('token_last_result', { tenant: 'default', region: 'us-east-1', instance: '2' })]: '0x30',
    },
    at: { '10m': [getsNoToken] },
  },
  {
    about: 'the certificate is not renewed in time, and later in one replica and then in both',
    series: { ...alive, [certificate('1')]: `${7 * day}x60 ${90 * day}x90`, [certificate('2')]: `${7 * day}x80 ${90 * day}x90` },
    at: { '20m': [], '31m': [certificateExpires], '70m': [certificateExpires], '83m': [] },
  },
  {
    about: 'the certificate expires in three weeks, and is about to be renewed',
    series: { ...alive, [certificate('1')]: `${21 * day}x60` },
    at: { '50m': [] },
  },
  {
    about: 'a tenant has no ticket in one replica, until certs creates it',
    series: { ...alive, [tickets('default')]: '1x60', [tickets('team-a')]: '1x60', [tickets('team-a', '2')]: '0x30 2x30' },
    at: { '9m': [], '12m': [hasNoTicket], '32m': [] },
  },
  {
    about: 'the ticket of a new tenant is mounted after two minutes',
    series: { ...alive, [tickets('team-a')]: '0x2 1x60' },
    at: { '12m': [], '40m': [] },
  },
]
