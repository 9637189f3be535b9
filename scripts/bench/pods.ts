import type { KubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { type AttestedTestbed, plainNamespace, startAttested } from '../testbed/attested.ts'
import { startOtherWebhook } from '../testbed/other-webhook.ts'
import { must, ownRegistry } from '../testbed/testbed.ts'
import { until } from '../testbed/until.ts'
import type { ApiServerOptions } from './api-server.ts'
import type { Bed } from './bed.ts'
import type { Figure } from './figures.ts'
import { interleaved, median, ratioFigure } from './pairs.ts'
import { clientOf, perSecond } from './writes.ts'

const namespace = 'ready-enabled'
const images = { other: 'docker.io/library/nginx:1', ecr: `${ownRegistry}/team/app:1` }
const secretName = 'ecr-anywhere-pull'
const configuration = ['mutatingwebhookconfiguration', 'ecr-anywhere-attach-default']
const policy = 'mutatingadmissionpolicy/ecr-anywhere-attach'
const none = { change: () => undefined }
/** The number of pods that are created in one namespace before the other one has its turn. */
const batch = 50

/** Measures creates of pods in an enabled namespace with each mode of `attach`, beside creates in a namespace that is not enabled. */
export async function pods(
  { program, logFile }: Pick<Bed, 'program' | 'logFile'>,
  { pairs: count, writes, concurrency, onStep }: ApiServerOptions,
): Promise<Figure[]> {
  onStep('a control plane with the webhook for pods')
  const stops: (() => unknown)[] = []
  const owner = { teardown: (stop: () => unknown) => void stops.unshift(stop) }
  try {
    const values = { attach: { mode: 'webhook' }, provision: { secretName } }
    const env = { LOG_LEVEL: 'info', ATTACH_SECRET: secretName }
    const bed = await startAttested(owner, { values, mode: 'policy', program, logFile, env })
    const client = await clientOf(bed.cluster.kubeconfig, concurrency)
    owner.teardown(client.close)
    let made = 0
    const creating = (where: string, image: string) => () =>
      perSecond(batch, concurrency, async () => void (await create(client, { namespace: where, name: `made-${made++}`, image })))
    /** The ratio of the rates in both namespaces. To delete pods takes longer than to create them, and is not measured. */
    async function ratio(image: string, about: Pick<Figure, 'what' | 'wanted'>): Promise<Figure> {
      onStep(about.what)
      const [ours, bare] = [creating(namespace, image), creating(plainNamespace, image)]
      // The API server compiles the conditions of a new policy or webhook configuration for its first pods.
      await ours()
      await bare()
      const measured = await interleaved(count, Math.ceil(writes / batch / count), ours, bare)
      for (const where of [namespace, plainNamespace])
        await must(bed.cluster.kubectl('delete', '--raw', `${podsPath(where)}?gracePeriodSeconds=0`))
      return ratioFigure(measured, { ...about, unit: '/s' })
    }
    const isAttached = async () => (await create(client, { namespace, name: 'ready', image: images.ecr, dryRun: true })) === secretName
    async function rates(mode: string, isBounded: boolean): Promise<Figure[]> {
      await until(`mode ${mode} is in force`, isAttached)
      const found: Figure[] = []
      for (const [what, image, atLeast] of [
        ['without an image from ECR', images.other, 0.9],
        ['with an image from ECR, which get the Secret', images.ecr, 0.5],
      ] as const) {
        const about = `pods ${what}, mode ${mode}, beside a namespace that is not enabled`
        found.push(await ratio(image, { what: about, ...(isBounded ? { wanted: { atLeast } } : {}) }))
      }
      return found
    }
    const byWebhook = await rates('webhook', false)
    const whileHanging = await hanging(bed, client, owner)
    await must(bed.cluster.kubectl('delete', ...configuration))
    await bed.reinstall(/^ecr-anywhere-attach/, { attach: { mode: 'policy' } })
    const byPolicy = await rates('policy', true)
    // What any policy for pods costs, because the API server converts each pod before it evaluates the first condition.
    const patch = JSON.stringify({ spec: { matchConditions: [{ name: 'never', expression: 'false' }] } })
    await must(bed.cluster.kubectl('patch', policy, '--type=merge', '-p', patch))
    await until('the policy matches no pod', async () => !(await isAttached()))
    const least = await ratio(images.other, { what: 'the same with a policy of which the only condition is `false`' })
    return [...byPolicy, least, ...byWebhook, ...whileHanging]
  } finally {
    for (const stop of stops) await stop()
  }
}

/** What a webhook that never answers costs a pod. */
async function hanging({ cluster: { kubectl } }: AttestedTestbed, client: KubeTransport, owner: Parameters<typeof startOtherWebhook>[0]) {
  const { clientConfig, seen } = await startOtherWebhook(owner, none)
  const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/clientConfig', value: clientConfig }])
  await must(kubectl('patch', ...configuration, '--type=json', '-p', patch))
  const secondsOf = async (image: string) => {
    const startedMs = performance.now()
    await create(client, { namespace, name: 'waits', image, dryRun: true })
    return (performance.now() - startedMs) / 1000
  }
  await until('the webhook that hangs is called', async () => {
    await secondsOf(images.ecr)
    return seen.length > 0
  })
  const waits = { other: median(await fiveTimes(() => secondsOf(images.other))), ecr: median(await fiveTimes(() => secondsOf(images.ecr))) }
  seen.length = 0
  await fiveTimes(() => secondsOf(images.other))
  const added = waits.ecr - waits.other
  const atMost = 1.2
  return [
    {
      what: 'a pod with an image from ECR while the webhook hangs, beside another pod',
      unit: 's',
      ours: waits.ecr,
      bare: waits.other,
      value: added,
      wanted: { atMost },
    },
    {
      what: 'calls of that webhook for pods without an image from ECR',
      unit: 'calls',
      ours: seen.length,
      value: seen.length,
      wanted: { atMost: 0 },
    },
  ] satisfies Figure[]
}

async function fiveTimes(work: () => Promise<number>): Promise<number[]> {
  const found: number[] = []
  while (found.length < 5) found.push(await work())
  return found
}

/** @returns the name of its first image pull secret */
async function create(
  { request }: KubeTransport,
  { namespace, name, image, dryRun = false }: { namespace: string; name: string; image: string; dryRun?: boolean },
): Promise<string | undefined> {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'app', image }] } })
  const answer = await request({ method: 'POST', path: `${podsPath(namespace)}${dryRun ? '?dryRun=All' : ''}`, body })
  if (answer.status !== 201) throw new Error(`the API server answered ${answer.status}: ${(answer.body as { message?: string }).message}`)
  return (answer.body as { spec: { imagePullSecrets?: { name: string }[] } }).spec.imagePullSecrets?.[0]?.name
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`
}
