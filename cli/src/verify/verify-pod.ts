import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { type Pod, pod } from '@ecr-anywhere/shared/kube/pod.ts'
import { shownHost } from '@ecr-anywhere/shared/registry.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isForbidden } from '../cluster/denied.ts'
import { cannotTell, type Finding, failed, findingText, ok, type TitledFinding } from '../findings/finding.ts'
import { podWarnings } from '../pods/pod-events.ts'
import { troubles } from '../pods/trouble.ts'
import { isEcrImage, parseImageName } from './image-name.ts'
import { kubeletTries, type Try } from './kubelet-tries.ts'
import { type PullSecret, pullSecrets } from './pull-secrets.ts'
import { checkImage } from './registry-checks.ts'
import { fromHere, type TriedLogin, type Verified } from './verified.ts'
import type { SecretTarget, VerifyOptions } from './verify-secret.ts'
import { wantedPlatforms } from './wanted-platforms.ts'

const nodeCredentials =
  'After these, the kubelet tries the credentials of the node itself (credential provider plugins), which cannot be seen from here.'

/**
 * Asks the registries for the images of a pod, with each login that the kubelet would try, in its order, and says why the pod waits now.
 *
 * @throws Fault `settings` if there is no such pod, `transient` if the cluster cannot be read
 */
export async function verifyPod(cluster: Cluster, target: SecretTarget, options: VerifyOptions): Promise<Verified> {
  const found = await cluster.get({ apiVersion: 'v1', kind: 'Pod', ...target }, pod)
  if (found === undefined) throw noPod(target)
  const wanted = options.wanted ?? (await wantedPlatforms(cluster, found.node))
  const images = (options.image === undefined ? found.images : [options.image.text]).filter(isEcrImage)
  const [secrets, now] = await Promise.all([pullSecrets(cluster, found), waitingNow(cluster, found)])
  const verified = await Promise.all(images.map(image => verifyImage(image, secrets, { ...options, wanted })))
  const findings =
    images.length > 0 ? verified.map(({ finding }) => finding) : [{ title: 'images', ...ok('no image of this pod is in ECR') }]
  return {
    target: `pod ${found.namespace}/${found.name}`,
    about: aboutOf(found),
    findings,
    tries: verified.map(({ image, logins }) => ({ image, logins })),
    now,
    notes: [...secretNotes(secrets, found), ...(images.length > 0 ? [nodeCredentials, fromHere] : [])],
  }
}

interface VerifiedImage {
  image: string
  finding: TitledFinding
  logins: TriedLogin[]
}

async function verifyImage(image: string, secrets: readonly PullSecret[], { wanted, send }: VerifyOptions): Promise<VerifiedImage> {
  const title = `image ${image}`
  const name = parseImageName(image)
  if (name === undefined)
    return { image, finding: { title, ...failed('no image name', 'a name such as HOST/REPOSITORY:TAG', 'Correct it.') }, logins: [] }
  const usable = secrets.flatMap(({ name, content }) => ('entries' in content ? [{ name, entries: content.entries }] : []))
  const tries = kubeletTries(`${name.host}/${name.repository}`, usable)
  const logins: TriedLogin[] = []
  let last: Finding | undefined
  for (const one of tries) {
    last = await checkImage(name, { login: one.login, wanted, send })
    logins.push({ secret: one.secret, entry: shownHost(one.key) ?? 'of another name', result: `${last.state}: ${findingText(last)}` })
    // The kubelet uses the first login that works.
    if (last.state === 'ok') return { image, finding: { title, ...withSecret(last, one) }, logins }
  }
  return { image, finding: { title, ...(last ?? withoutLogin(name.host, secrets)) }, logins }
}

function withSecret(finding: Finding, { secret }: Try): Finding {
  return finding.state === 'ok' ? ok(`${finding.found}, with the Secret ${secret}`) : finding
}

/** No login of the pod matches the image. */
function withoutLogin(host: string, secrets: readonly PullSecret[]): Finding {
  const unread = secrets.filter(({ content }) => 'needs' in content)
  if (unread.length > 0) return cannotTell(unread.map(({ content }) => ('needs' in content ? content.needs : '')).join(', and '))
  return failed(
    secrets.length === 0 ? 'no imagePullSecrets on the pod' : `no entry for ${host} in the imagePullSecrets of the pod`,
    `a Secret with credentials for ${host}`,
    'Add the managed Secret to the imagePullSecrets of the ServiceAccount, then recreate the pod: existing pods do not change.',
  )
}

async function waitingNow(cluster: Cluster, found: Pod): Promise<string[]> {
  const warnings = await podWarnings(cluster, found).catch(error => {
    if (isForbidden(error)) return []
    throw error
  })
  return troubles(found, warnings).map(
    ({ container, reason, message, failure }) =>
      `The container ${container} is in ${reason}: the node found ${failure.found}. ${failure.todo} It says: ${message}`,
  )
}

function aboutOf({ node, serviceAccount, pullSecrets }: Pod): string {
  const parts = [node === undefined ? 'not on a node yet' : `node ${node}`, `ServiceAccount ${serviceAccount}`]
  return [...parts, pullSecrets.length === 0 ? 'no imagePullSecrets' : `imagePullSecrets ${pullSecrets.join(', ')}`].join(', ')
}

function secretNotes(secrets: readonly PullSecret[], { namespace }: Pod): string[] {
  return secrets.flatMap(({ name, content }) => {
    if ('needs' in content) return [`Cannot tell what is in the Secret ${name}: needs ${content.needs}.`]
    return 'unusable' in content ? [`The kubelet ignores the Secret ${namespace}/${name}: ${content.unusable}.`] : []
  })
}

function noPod({ namespace, name }: SecretTarget): Fault {
  return new Fault('settings', {
    found: `no pod ${name} in namespace ${namespace}`,
    wanted: 'pod/NAME of a pod, in the namespace that --namespace or the context names',
    todo: `See \`kubectl get pods --namespace ${namespace}\`.`,
  })
}
