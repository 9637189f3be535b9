import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { cannotTell, type Finding, failed, ok } from '../findings/finding.ts'
import type { ImageName } from './image-name.ts'
import type { Login } from './logins.ts'
import { manifestTypes, type Platform, platformOfConfig, platformsIn } from './platforms.ts'
import { imageRefusal, loginRefusal } from './registry-refusal.ts'

export interface RegistryRequest {
  host: string
  /** Such as `/v2/`. */
  path: string
  accept?: string
  login: Login
}

export interface RegistryAnswer {
  status: number
  /** The code and the message of the first error, if it is a refusal. */
  code: string | undefined
  message: string
  /** The parsed JSON; undefined if the body was not JSON. */
  body: unknown
}

/** Sends a request with credentials, to the registry that they are for. @throws Fault `transient` if there is no answer */
export type SendToRegistry = (request: RegistryRequest) => Promise<RegistryAnswer>

/** The platforms that an image must have, and where they come from, such as `the node a`. */
export interface WantedPlatforms {
  platforms: readonly Platform[]
  from: string
}

/** Whether the registry accepts the credentials. */
export async function checkLogin(host: string, login: Login, send: SendToRegistry): Promise<Finding> {
  return reached(host, async () => {
    const answer = await send({ host, path: '/v2/', login })
    return answer.status === 200 ? ok(`${host} accepts the credentials`) : loginRefusal(host, answer)
  })
}

/** Whether the manifest of an image can be had with the credentials, for the platforms that are wanted. */
export async function checkImage(
  image: ImageName,
  { login, wanted, send }: { login: Login; wanted: WantedPlatforms | undefined; send: SendToRegistry },
): Promise<Finding> {
  const { host, repository, reference, text } = image
  return reached(host, async () => {
    const answer = await send({ host, path: `/v2/${repository}/manifests/${reference}`, accept: manifestTypes, login })
    if (answer.status !== 200) return imageRefusal(image, answer)
    const found = platformsIn(answer.body)
    const platforms =
      found !== undefined && 'configDigest' in found
        ? await platformOfBlob(image, { digest: found.configDigest, login, send })
        : found?.platforms
    return compared(text, platforms ?? [], wanted)
  })
}

async function platformOfBlob(
  { host, repository }: ImageName,
  { digest, login, send }: { digest: string; login: Login; send: SendToRegistry },
): Promise<Platform[]> {
  try {
    const { status, body } = await send({ host, path: `/v2/${repository}/blobs/${digest}`, login })
    return status === 200 ? [platformOfConfig(body)].filter(one => one !== undefined) : []
  } catch {
    // ECR redirects to S3, which may not be reachable from here. The manifest could be had all the same.
    return []
  }
}

function compared(text: string, platforms: readonly Platform[], wanted: WantedPlatforms | undefined): Finding {
  const known = platforms.length === 0 ? 'for a platform that cannot be told from here' : `for ${platforms.join(', ')}`
  const missing = platforms.length === 0 ? [] : (wanted?.platforms ?? []).filter(platform => !platforms.includes(platform))
  if (wanted === undefined || missing.length === 0) return ok(`the manifest of ${text} can be had, ${known}`)
  return failed(
    `the image ${text} ${known} only`,
    `an image for ${missing.join(', ')}, as ${wanted.from} requires`,
    `Build it for both (docker buildx build --platform ${[...platforms, ...missing].join(',')}), or let a nodeSelector on kubernetes.io/arch choose the nodes.`,
  )
}

async function reached(host: string, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return cannotTell(`a connection to ${host} from here (${error.code}). A node may reach it although this machine does not`)
  }
}
