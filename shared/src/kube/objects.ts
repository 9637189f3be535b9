import { z } from 'zod'

/** In Go's JSON an empty map is null, or not there. */
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

/** An object without its content: all that a refresher may hold. */
export const objectMeta = z.object({ metadata }).transform(({ metadata: { deletionTimestamp, ...rest } }) => ({
  ...rest,
  /** It has a `deletionTimestamp`: finalizers may hold it in this state for as long as they like. */
  isBeingDeleted: Boolean(deletionTimestamp),
}))

export type ObjectMeta = z.output<typeof objectMeta>

/** `data` is base64 by key. */
export const secretObject = z.object({ metadata, data: texts })

export type SecretObject = z.output<typeof secretObject>

/** A MutatingWebhookConfiguration. `caBundle` is base64, and empty where there is none. */
export const webhookConfiguration = z.object({
  metadata,
  webhooks: z
    .array(z.object({ name: z.string(), clientConfig: z.object({ caBundle: z.string().default('') }).prefault({}) }))
    .nullish()
    .transform(all => all ?? []),
})
