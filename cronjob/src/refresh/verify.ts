import { isDue } from '@ecr-anywhere/shared/due.ts'
import type { ObjectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, olderCredentialsTexts } from '@ecr-anywhere/shared/names.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'

/** What a Secret's annotations say of its credentials, whoever wrote them. */
export interface Life {
  /** RFC 3339, if nobody wrote anything else there. */
  expiresAt: string | undefined
  /** RFC 3339, likewise. */
  updatedAt: string | undefined
}

export function lifeOf({ annotations: notes }: ObjectMeta): Life {
  return { expiresAt: notes[annotations.expiresAt], updatedAt: notes[annotations.updatedAt] }
}

export interface VerifyContext {
  nowMs: number
  refreshBeforeMs: number
  /** Our webhook's warnings in the answer to the touch, without their prefix. */
  warnings: readonly string[]
}

/**
 * Did a touch renew the credentials? A Secret that is still due was not renewed. Nor was one where the webhook warns that AWS failed, unless
 * what it put in is newer and good for REFRESH_BEFORE: an older token starts a short life of its own, by which alone it is never due.
 *
 * @param before the Secret as it was listed
 * @param after the Secret in the answer to the touch
 * @returns why it was not renewed; undefined if it was
 */
export function whyNotRenewed(before: Life, after: Life, { nowMs, refreshBeforeMs, warnings }: VerifyContext): string | undefined {
  const failure = warnings.find(warning => olderCredentialsTexts.some(text => warning.includes(text)))
  const isSame = after.expiresAt === before.expiresAt
  const isDueAfter = isDue({ ...after, nowMs, refreshBeforeMs })
  if (failure !== undefined) {
    const leftMs = (parseTime(after.expiresAt) ?? nowMs) - nowMs
    return isSame || isDueAfter || leftMs < refreshBeforeMs ? failure : undefined
  }
  if (isDueAfter) return warnings[0] ?? (isSame && after.updatedAt === before.updatedAt ? notCalled : dueAgain(after))
  return isSame && isDue({ ...before, nowMs, refreshBeforeMs }) ? sameAgain : undefined
}

export const notCalled =
  'the webhook was not called: is the namespace labelled, is the webhook registered (kubectl get mutatingwebhookconfigurations)?'

export const sameAgain =
  'the webhook was called and put the same credentials in again: see its log, and the metric ecr_anywhere_token_requests_total'

function dueAgain({ expiresAt, updatedAt }: Life): string {
  return `what was written (updated_at ${updatedAt ?? 'none'}, expires_at ${expiresAt ?? 'none'}) is due already: do the clocks of the webhook and the refresher agree?`
}
