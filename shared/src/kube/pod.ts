import * as z from 'zod'

const waiting = z.object({ reason: z.string().default(''), message: z.string().default('') })
const statuses = z
  .array(z.object({ name: z.string(), image: z.string().default(''), state: z.object({ waiting: waiting.optional() }).prefault({}) }))
  .nullish()
  .transform(all => all ?? [])
const containers = z
  .array(z.object({ name: z.string(), image: z.string().default('') }))
  .nullish()
  .transform(all => all ?? [])

/** What this product keeps of a pod. */
export const pod = z
  .object({
    metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string(), creationTimestamp: z.string() }),
    spec: z.object({
      nodeName: z.string().optional(),
      serviceAccountName: z.string().default('default'),
      imagePullSecrets: z.array(z.object({ name: z.string().default('') })).nullish(),
      initContainers: containers,
      containers,
      ephemeralContainers: containers,
    }),
    status: z.object({ initContainerStatuses: statuses, containerStatuses: statuses, ephemeralContainerStatuses: statuses }).prefault({}),
  })
  .transform(({ metadata, spec, status }) => {
    const all = [...spec.initContainers, ...spec.containers, ...spec.ephemeralContainers]
    const states = [...status.initContainerStatuses, ...status.containerStatuses, ...status.ephemeralContainerStatuses]
    return {
      ...metadata,
      node: spec.nodeName,
      serviceAccount: spec.serviceAccountName,
      pullSecrets: (spec.imagePullSecrets ?? []).map(({ name }) => name).filter(name => name !== ''),
      images: [...new Set(all.map(({ image }) => image))],
      /** The containers that wait, with the image that they are to run. */
      waiting: states.flatMap(({ name, state }): Waiting[] => {
        if (state.waiting === undefined) return []
        return [{ container: name, image: all.find(one => one.name === name)?.image ?? '', ...state.waiting }]
      }),
    }
  })

export interface Waiting {
  container: string
  image: string
  /** Such as `ImagePullBackOff`. */
  reason: string
  message: string
}

export type Pod = z.output<typeof pod>

const pullReasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]

/** Whether a container waits because its image cannot be pulled. */
export function waitsForImage({ reason }: Pick<Waiting, 'reason'>): boolean {
  return pullReasons.includes(reason)
}
