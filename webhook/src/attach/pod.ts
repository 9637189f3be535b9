/** What the webhook reads of a Pod in a review. */
export interface Pod {
  /** Of containers, init containers and image volumes. */
  images: readonly string[]
  /** The names of its image pull secrets; undefined if it has no such list. */
  pullSecrets: readonly string[] | undefined
}

/**
 * Reads a Pod. The review comes before the API server validates the Pod, so any field may be missing or wrong: what is not as expected is
 * treated as absent, because the API server is about to refuse it anyway.
 *
 * @returns undefined if the object is not a v1 Pod
 */
export function parsePod(object: unknown): Pod | undefined {
  const { apiVersion, kind, spec } = fields(object)
  if (apiVersion !== 'v1' || kind !== 'Pod') return undefined
  const { containers, initContainers, volumes, imagePullSecrets } = fields(spec)
  const images = [
    ...items(containers).map(({ image }) => image),
    ...items(initContainers).map(({ image }) => image),
    ...items(volumes).map(({ image }) => fields(image).reference),
  ]
  return {
    images: images.filter(image => typeof image === 'string'),
    pullSecrets: Array.isArray(imagePullSecrets)
      ? items(imagePullSecrets).flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
      : undefined,
  }
}

function items(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(fields) : []
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
