import { isDue } from '@ecr-anywhere/shared/due.ts'
import type { ObjectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, olderCredentialsTexts } from '@ecr-anywhere/shared/names.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'

/** The lifetime of the credentials in a Secret according to its annotations, which other clients may have changed. */
export interface Life {
  /** RFC 3339, unless another client wrote something else. */
  expiresAt: string | undefined
  /** RFC 3339, unless another client wrote something else. */
  updatedAt: string | undefined
}

export function lifeOf({ annotations: values }: ObjectMeta): Life {
  return { expiresAt: values[annotations.expiresAt], updatedAt: values[annotations.updatedAt] }
}

export interface VerifyContext {
  nowMs: number
  refreshBeforeMs: number
  /** Our webhook's warnings in the answer to the touch, without their prefix. */
  warnings: readonly string[]
}

/**
 * Decides whether a touch renewed the credentials. A Secret that is still due was not renewed. If the webhook warns that AWS failed, the Secret
 * counts as renewed only if its credentials changed and remain valid for `REFRESH_BEFORE`: an older token just injected is not due by its age.
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
  'the webhook was not called: check that the namespace is labelled and the webhook is registered (kubectl get mutatingwebhookconfigurations)'

export const sameAgain =
  'the webhook was called and wrote the same credentials again: see its log, and the metric ecr_anywhere_token_requests_total'

function dueAgain({ expiresAt, updatedAt }: Life): string {
  return `the new credentials (updated_at ${updatedAt ?? 'none'}, expires_at ${expiresAt ?? 'none'}) are already due: check that the clocks of the webhook and the refresher agree`
}
