import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { isRegistryHost } from '@ecr-anywhere/shared/registry.ts'

/** An image name in its parts. https://github.com/distribution/reference/blob/main/reference.go */
export interface ImageName {
  /** As it was written. */
  text: string
  /** With the port, if there is one. */
  host: string
  repository: string
  /** A tag or a digest. */
  reference: string
}

const pattern = /^([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$/

/** @returns undefined if the text is no image name */
export function parseImageName(text: string): ImageName | undefined {
  const [, first = '', rest] = /^([^/]+)\/(.+)$/s.exec(text) ?? []
  const hasHost = /[.:]|^localhost$/.test(first)
  const [, repository, tag, digest] = pattern.exec(hasHost ? (rest ?? '') : text) ?? []
  if (repository === undefined) return undefined
  const host = hasHost ? first : 'docker.io'
  const path = host === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository
  return { text, host, repository: path, reference: digest ?? tag ?? 'latest' }
}

export function isEcrImage(text: string): boolean {
  const name = parseImageName(text)
  return name !== undefined && isRegistryHost(name.host)
}

/** @throws Fault `settings` if it is not the name of an image in ECR */
export function ecrImageName(text: string): ImageName {
  const name = parseImageName(text)
  if (name !== undefined && isRegistryHost(name.host)) return name
  throw new Fault('settings', {
    found: name === undefined ? '--image with a text that is no image name' : `--image with an image of the registry ${name.host}`,
    wanted: 'an image of an ECR registry, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1.2',
    todo: 'Correct --image.',
  })
}
