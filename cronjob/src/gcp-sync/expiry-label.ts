import { maxAheadMs } from '@ecr-anywhere/shared/token.ts'

/**
 * The label of a repository that records until when its secret version is valid, because a version of Secret Manager holds no metadata.
 * https://cloud.google.com/artifact-registry/docs/repositories/label-repos
 */
export const expiryLabel = 'ecr-anywhere-expires'

/** A version of a secret and the expiry of the password in it. */
export interface KnownVersion {
  version: number
  expiresAtMs: number
}

/** The value of the label: `<version>_<Unix time in seconds>`. It contains only characters that Google allows in labels. */
export function formatExpiry({ version, expiresAtMs }: KnownVersion): string {
  return `${version}_${Math.floor(expiresAtMs / 1000)}`
}

/**
 * @returns undefined if the label is missing or has another form, or if its expiry is further ahead than a token of ECR can live: then
 *   somebody else wrote it, or a clock was wrong
 */
export function parseExpiry(value: string | undefined, nowMs: number): KnownVersion | undefined {
  const [, version, seconds] = /^([1-9]\d{0,8})_(\d{1,11})$/.exec(value ?? '') ?? []
  const expiresAtMs = Number(seconds) * 1000
  if (version === undefined || expiresAtMs > nowMs + maxAheadMs) return undefined
  return { version: Number(version), expiresAtMs }
}
