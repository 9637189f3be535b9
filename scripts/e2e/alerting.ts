import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { merged, ofKind, render } from '../testbed/helm.ts'
import { type Product, releaseNamespace, type Values, webhookPods } from './product.ts'
import { alertmanager, prometheus } from './prometheus-programs.ts'

/** An alert in a notification, with the times of the evaluations of its rule, from Prometheus. */
export interface Notified {
  name: string
  labels: Record<string, string>
  firedAtMs: number
  /** undefined while it fires */
  resolvedAtMs: number | undefined
}

export interface Alerting {
  /** All notifications so far, the oldest first. */
  notified: () => Promise<Notified[]>
}

const ports = { prometheus: 9090, alertmanager: 9093, receiver: 9099 }
const local = (port: number) => `127.0.0.1:${port}`

/**
 * Starts a real Prometheus, which scrapes the pods of the webhook and evaluates the rules of the chart with these values, and a real
 * Alertmanager, which sends each alert at once to a receiver. They are in the network of the node and end with it.
 */
export async function startAlerting(product: Product, values: Values): Promise<Alerting> {
  const { node } = product
  const on = { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } }
  const objects = await render(merged(values, { monitoring: on }))
  const file = (name: string) => join(node.dir, name)
  await writeFile(file('rules.yml'), stringify(ofKind(objects, 'PrometheusRule')[0]?.spec))
  const { interval, port } = ofKind(objects, 'ServiceMonitor')[0]?.spec.endpoints[0] ?? {}
  await writeFile(file('prometheus.yml'), stringify(prometheusConfig(interval, await targetsOf(product, port))))
  await writeFile(file('alertmanager.yml'), stringify(managerConfig))
  const receiver = resolve(import.meta.dirname, 'alert-receiver.ts')
  node.start({ name: 'alert-receiver', file: process.execPath, args: [receiver, String(ports.receiver)] })
  const [program, ...args] = await alertmanager()
  args.push(`--config.file=${file('alertmanager.yml')}`, `--storage.path=${file('alertmanager')}`, '--cluster.listen-address=')
  node.start({ name: 'alertmanager', file: program, args: [...args, `--web.listen-address=${local(ports.alertmanager)}`] })
  const flags = [`--config.file=${file('prometheus.yml')}`, `--storage.tsdb.path=${file('prometheus')}`]
  node.start({ name: 'prometheus', file: await prometheus(), args: [...flags, `--web.listen-address=${local(ports.prometheus)}`] })
  const answers = (url: string) => async () => (await node.exec(process.execPath, ['--eval', asking, url])).code === 0
  await node.until('alert-receiver', answers(`http://${local(ports.receiver)}`))
  await node.until('alertmanager', answers(`http://${local(ports.alertmanager)}/-/ready`))
  await node.until('prometheus', answers(`http://${local(ports.prometheus)}/-/ready`))
  return { notified: async () => notifiedIn(await readFile(file('alert-receiver.log'), 'utf8')) }
}

// Their addresses can be reached only from inside the network of the node.
const asking = 'fetch(process.argv[1]).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))'

/** Debian's Prometheus cannot discover pods, so it gets those of now, with the port of this name. */
async function targetsOf({ kubectl }: Product, port: string): Promise<{ targets: string[]; labels: Record<string, string> }[]> {
  const { items } = JSON.parse(await kubectl('get', 'pods', '-n', releaseNamespace, '-l', webhookPods, '-o', 'json'))
  return items.map(({ metadata, spec, status }: { metadata: { name: string }; spec: PodSpec; status: { podIP: string } }) => {
    const { containerPort } = spec.containers.flatMap(({ ports }) => ports).find(({ name }) => name === port) ?? {}
    return { targets: [`${status.podIP}:${containerPort}`], labels: { namespace: releaseNamespace, pod: metadata.name } }
  })
}

interface PodSpec {
  containers: { ports: { name: string; containerPort: number }[] }[]
}

function prometheusConfig(interval: string, targets: Awaited<ReturnType<typeof targetsOf>>): object {
  return {
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [local(ports.alertmanager)] }] }] },
    scrape_configs: [{ job_name: 'webhook', scrape_interval: interval, static_configs: targets }],
  }
}

/** Each alert is a group of its own and is sent without a delay. */
const managerConfig = {
  route: { receiver: 'test', group_by: ['...'], group_wait: '0s', group_interval: '1s', repeat_interval: '1h' },
  receivers: [{ name: 'test', webhook_configs: [{ url: `http://${local(ports.receiver)}/`, send_resolved: true }] }],
}

function notifiedIn(log: string): Notified[] {
  return log
    .split('\n')
    .slice(0, -1)
    .flatMap(line => JSON.parse(line).alerts as { status: string; labels: Record<string, string>; startsAt: string; endsAt: string }[])
    .map(({ status, labels, startsAt, endsAt }) => ({
      name: labels.alertname ?? '',
      labels,
      firedAtMs: Date.parse(startsAt),
      resolvedAtMs: status === 'resolved' ? Date.parse(endsAt) : undefined,
    }))
}
