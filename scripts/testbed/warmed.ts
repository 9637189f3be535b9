import type { Status } from '@ecr-anywhere/webhook/status.ts'
import { until } from './until.ts'
import type { WebhookProcess } from './webhook-process.ts'

/**
 * Waits until AWS has answered all that the webhook asks when it starts: who each tenant is, and for a token of its own region. What AWS is
 * asked after that is asked for somebody's Secret.
 */
export async function warmed(webhook: () => WebhookProcess): Promise<void> {
  await until('AWS has answered what the webhook asks at its start', async () => {
    const { tenants } = (await (await fetch(`${webhook().operationsUrl}/status`)).json()) as Status
    return Object.values(tenants).every(({ principal, error, tokens }) => {
      const answers = Object.values(tokens)
      const isTold = ({ secondsLeft, error }: (typeof answers)[number]) => (secondsLeft ?? error) !== undefined
      return (principal ?? error) !== undefined && answers.length > 0 && answers.every(isTold)
    })
  })
}
