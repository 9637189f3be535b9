import { X509Certificate } from 'node:crypto'
import { renewAtPart } from '@ecr-anywhere/cronjob/certs/plan.ts'
import { lifeMs, mintPair } from '@ecr-anywhere/cronjob/certs/random/mint-pair.ts'
import { secretOf, stateOf } from '@ecr-anywhere/cronjob/certs/stored.ts'
import { ticketLifeMs } from '@ecr-anywhere/cronjob/certs/tickets.ts'
import { secretObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import { must } from '../testbed/testbed.ts'
import { eventually } from './eventually.ts'
import { ended, startJob } from './jobs.ts'
import { podNames } from './processes.ts'
import { type Product, releaseNamespace, webhookPods } from './product.ts'

const dnsNames = [`ecr-anywhere-webhook.${releaseNamespace}.svc`]
const tls = { namespace: releaseNamespace, name: 'ecr-anywhere-tls' }
const pastRenewalMs = lifeMs * renewAtPart + 24 * 3_600_000

/**
 * Makes the serving certificate due for renewal: an older pair is stored as the next one and rotated to within seconds, while the webhook
 * gets no requests.
 */
export async function ageServingPair(product: Product): Promise<void> {
  const { node, kubectl } = product
  const stored = secretObject.parse(JSON.parse(await kubectl('get', 'secret', tls.name, '-n', tls.namespace, '-o', 'json')))
  const state = stateOf(stored, dnsNames)
  if (state.present === undefined) throw new Error('found no serving pair')
  const next = await mintPair(dnsNames, Date.now() - pastRenewalMs)
  const object = secretOf({ present: state.present.pair, next, previousCas: state.previousCas }, tls)
  const flags = ['--server-side', '--force-conflicts', `--field-manager=${fieldManagers.certs}`]
  await must(node.kubectl('apply', ...flags, '-f', '-', { input: JSON.stringify(object) }))
  const soon = { ROTATE_PROPAGATE: '1s', ROTATE_RELOAD: '1s' }
  await eventually('certs has rotated to the aged pair', async () => (await runCerts(product, soon)).startsWith('certs: finish'))
  const notAfter = formatTime(new X509Certificate(next.cert).validToDate.getTime())
  const served = async (pod: string) =>
    JSON.parse(await kubectl('get', '--raw', `/api/v1/namespaces/${releaseNamespace}/pods/${pod}:9090/proxy/status`)).servingCertificate
  for (const pod of await podNames(product, webhookPods)) {
    await eventually(`${pod} serves the aged pair`, async () => (await served(pod))?.notAfter === notAfter)
  }
}

/** Runs `certs` once. @returns its log */
export async function runCerts(product: Product, env: Record<string, string> = {}): Promise<string> {
  const job = await startJob(product, 'ecr-anywhere-certs', env)
  const { succeeded } = await ended(product, job)
  const log = await product.kubectl('logs', `job/${job}`, '-n', releaseNamespace)
  if (!succeeded) throw new Error(log)
  return log
}

/** Makes the tickets due for rotation, by an older time of creation. */
export async function ageTickets({ kubectl }: Product): Promise<void> {
  const since = new Date(Date.now() - ticketLifeMs - 3_600_000).toISOString()
  await kubectl(
    'annotate',
    'secret',
    'ecr-anywhere-tickets',
    '-n',
    releaseNamespace,
    '--overwrite',
    `${annotations.rotationPhaseSince}=${since}`,
  )
}
