import * as z from 'zod'

/** In JSON from Go, an empty map is null or absent. */
const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform(all => all ?? {})

const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string().default(''),
  labels: texts,
  annotations: texts,
  deletionTimestamp: z.string().nullish(),
})

/** An object's metadata. The refresher never holds the content of a Secret. */
export const objectMeta = z.object({ metadata }).transform(({ metadata: { deletionTimestamp, ...rest } }) => ({
  ...rest,
  /** Whether it has a `deletionTimestamp`. Finalizers can keep an object in this state for any time. */
  isBeingDeleted: Boolean(deletionTimestamp),
}))

export type ObjectMeta = z.output<typeof objectMeta>

/** `data` has base64 values by key. */
export const secretObject = z.object({ metadata, data: texts })

export type SecretObject = z.output<typeof secretObject>

/** A ConfigMap; `data` has texts by key. */
export const configMap = z.object({ metadata, data: texts })

/** An APIService. `caBundle` is base64, and empty if it is not set. */
export const apiService = z.object({
  metadata,
  spec: z.object({
    service: z.object({ namespace: z.string(), name: z.string() }).nullish(),
    caBundle: z.string().default(''),
  }),
})

/** Whether the API server calls itself for this webhook, with its own credentials. Then a `caBundle` has no use. */
export function isCalledThroughApiServer({ service }: { service?: { namespace: string; name: string } | undefined }): boolean {
  return service?.namespace === 'default' && service.name === 'kubernetes'
}

const clientConfig = z
  .object({ service: z.object({ namespace: z.string(), name: z.string() }).optional(), caBundle: z.string().default('') })
  .prefault({})

/** A MutatingWebhookConfiguration. `caBundle` is base64, and empty if it is not set. */
export const webhookConfiguration = z.object({
  metadata,
  webhooks: z
    .array(z.object({ name: z.string(), clientConfig }))
    .nullish()
    .transform(all => all ?? []),
})
