import { z } from 'zod'

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

/** A MutatingWebhookConfiguration. `caBundle` is base64, and empty if it is not set. */
export const webhookConfiguration = z.object({
  metadata,
  webhooks: z
    .array(z.object({ name: z.string(), clientConfig: z.object({ caBundle: z.string().default('') }).prefault({}) }))
    .nullish()
    .transform(all => all ?? []),
})
