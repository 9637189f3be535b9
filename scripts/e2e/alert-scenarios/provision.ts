import { alive, of, type Scenario, series } from './scenario.ts'

const ready = (instance: string, cluster = 'a') => series('provision_ready', { instance }, cluster)
const failing = (instance: string) => series('provision_namespaces', { instance, state: 'failing' })
const isDown = { alert: 'ECRAnywhereProvisionDown', labels: of('a') }
const isFailing = (value: number) => ({ alert: 'ECRAnywhereProvisionFailing', labels: of('a'), value })

/** The alerts that the provisioner's own state feeds. */
export const provisionScenarios: Scenario[] = [
  {
    about: 'the provisioner of one cluster of a fleet disappears for half an hour',
    series: { ...alive, [ready('1')]: '1x10 stale _x30 1x20', [ready('1', 'b')]: '1x70' },
    at: { '10m': [], '18m': [isDown], '40m': [isDown], '44m': [] },
  },
  {
    about: 'no replica of the provisioner reaches the API server for ten minutes',
    series: { ...alive, [ready('1')]: '1x5 0x10 1x30', [ready('2')]: '1x5 0x10 1x30' },
    at: { '8m': [], '13m': [isDown], '20m': [] },
  },
  {
    about: 'one replica of the provisioner is not ready',
    series: { ...alive, [ready('1')]: '0x60', [ready('2')]: '1x60' },
    at: { '30m': [] },
  },
  {
    about: 'a cluster has no provisioner, because it is not enabled',
    series: alive,
    at: { '30m': [] },
  },
  {
    about: 'a quota stops the Secrets of two namespaces, until it is raised',
    series: { ...alive, [ready('1')]: '1x60', [failing('1')]: '0x5 2x30 0x20', [failing('2')]: '0x5 2x30 0x20' },
    at: { '12m': [], '20m': [isFailing(2)], '40m': [] },
  },
]
