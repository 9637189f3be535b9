import type { Status } from '@ecr-anywhere/webhook/status.ts'
import { until } from './until.ts'
import type { WebhookProcess } from './webhook-process.ts'

/**
 * Waits until AWS has answered the calls that the webhook makes when it starts: for the principal of each tenant and for a token of its
 * region. Later calls are made for Secrets.
 */
export async function warmed(webhook: () => WebhookProcess): Promise<void> {
  await until('AWS has answered the calls of the webhook at its start', async () => {
    const { tenants } = (await (await fetch(`${webhook().operationsUrl}/status`)).json()) as Status
    return Object.values(tenants).every(({ principal, error, tokens }) => {
      const answers = Object.values(tokens)
      const isTold = ({ secondsLeft, error }: (typeof answers)[number]) => (secondsLeft ?? error) !== undefined
      return (principal ?? error) !== undefined && answers.length > 0 && answers.every(isTold)
    })
  })
}
