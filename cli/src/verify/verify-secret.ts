import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { isRegistryHost } from '@ecr-anywhere/shared/registry.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { ifAllowed, isCannotTell } from '../cluster/denied.ts'
import { cannotTell, failed, type TitledFinding } from '../findings/finding.ts'
import { shortTime } from '../terminal/short-time.ts'
import type { ImageName } from './image-name.ts'
import { kubeletTries } from './kubelet-tries.ts'
import { type Entry, entriesOf, type LoginSecret, loginSecret } from './logins.ts'
import { checkImage, checkLogin, type SendToRegistry, type WantedPlatforms } from './registry-checks.ts'
import { fromHere, type Verified } from './verified.ts'

export interface SecretTarget {
  namespace: string
  name: string
}

export interface VerifyOptions {
  image: ImageName | undefined
  wanted: WantedPlatforms | undefined
  send: SendToRegistry
  nowMs: number
}

/**
 * Asks each ECR registry of a Secret whether it accepts the credentials, and for the manifest of an image if one is given.
 *
 * @throws Fault `settings` if there is no such Secret, `transient` if the cluster cannot be read
 */
export async function verifySecret(cluster: Pick<Cluster, 'get'>, target: SecretTarget, options: VerifyOptions): Promise<Verified> {
  const id = `${target.namespace}/${target.name}`
  const right = `get secret ${target.name} in namespace ${target.namespace}`
  const key = { apiVersion: 'v1', kind: 'Secret', ...target }
  const secret = await ifAllowed({ what: 'what is in the Secret', needs: right }, () => cluster.get(key, loginSecret))
  if (isCannotTell(secret)) {
    const findings = [{ title: `Secret ${id}`, ...cannotTell(`the right to ${right}`) }]
    return { target: `Secret ${id}`, about: '', findings, notes: [] }
  }
  if (secret === undefined) throw noSecret(target)
  return { target: `Secret ${id}`, about: aboutOf(secret, options.nowMs), findings: await findingsOn(secret, options), notes: [fromHere] }
}

async function findingsOn(secret: LoginSecret, options: VerifyOptions): Promise<TitledFinding[]> {
  const read = entriesOf(secret)
  if ('unusable' in read) {
    return [
      {
        title: 'content',
        ...failed(`a Secret that no client can use: ${read.unusable}`, 'credentials that the webhook wrote', renewTodo(secret)),
      },
    ]
  }
  const own = read.entries.filter(({ key }) => isRegistryHost(key))
  if (own.length === 0) {
    return [
      {
        title: 'content',
        ...failed('no credentials for an ECR registry in it', 'an entry for each registry that it requests', renewTodo(secret)),
      },
    ]
  }
  const ofHosts = own.map(async ({ key, login }) => ({ title: `registry ${key}`, ...(await checkLogin(key, login, options.send)) }))
  return Promise.all([...ofHosts, ...(options.image === undefined ? [] : [imageFinding(options.image, own, options)])])
}

async function imageFinding(image: ImageName, entries: readonly Entry[], { wanted, send }: VerifyOptions): Promise<TitledFinding> {
  const title = `image ${image.text}`
  const [first] = kubeletTries(`${image.host}/${image.repository}`, [{ name: '', entries }])
  if (first !== undefined) return { title, ...(await checkImage(image, { login: first.login, wanted, send })) }
  const found = `credentials for ${entries.map(({ key }) => key).join(', ')}, but not for ${image.host}`
  return {
    title,
    ...failed(found, `an entry for ${image.host}`, `Add the host to the annotation ${annotations.registries} of the Secret.`),
  }
}

function aboutOf({ type, metadata }: LoginSecret, nowMs: number): string {
  const expiresAtMs = parseTime(metadata.annotations[annotations.expiresAt])
  const isManaged = metadata.labels[labels.managed] === 'true'
  const expiry =
    expiresAtMs === undefined
      ? 'no readable expiry'
      : expiresAtMs > nowMs
        ? `expires in ${shortTime(expiresAtMs - nowMs)}`
        : `expired ${shortTime(nowMs - expiresAtMs)} ago`
  return [type, ...(isManaged ? [expiry] : ['not managed by ECR Anywhere'])].join(', ')
}

function renewTodo({ metadata }: LoginSecret): string {
  if (metadata.labels[labels.managed] === 'true') return 'Run `ecr-anywhere doctor`, which finds out why the webhook did not write them.'
  return `Label it, so that the webhook fills it: kubectl label secret -n ${metadata.namespace} ${metadata.name} ${labels.managed}=true.`
}

function noSecret({ namespace, name }: SecretTarget): Fault {
  return new Fault('settings', {
    found: `no Secret ${name} in namespace ${namespace}`,
    wanted: 'NAMESPACE/NAME of a Secret, or pod/NAME',
    todo: 'Run `ecr-anywhere status --all-namespaces`, which lists the managed Secrets.',
  })
}
