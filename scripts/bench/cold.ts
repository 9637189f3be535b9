import autocannon from 'autocannon'
import type { Bed } from './bed.ts'
import type { Figure } from './figures.ts'
import { plain } from './refreshes.ts'

/** Counts the calls to AWS for a hundred concurrent requests to a webhook that has just started, including its own first call. */
export async function coldStart({ bed, body }: Bed): Promise<Figure[]> {
  bed.emulator.resetCalls()
  // The latency is long enough for all requests to arrive during the call that the webhook makes when it starts.
  bed.emulator.fault({ fault: 'latency', api: 'ecr', ms: 3_000 })
  await bed.restartWebhook()
  const { non2xx } = await autocannon({
    url: `${bed.webhook().url}/inject/default`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections: 100,
    amount: 100,
  })
  bed.emulator.heal()
  if (non2xx > 0) throw new Error(`${non2xx} of 100 were not answered with 200`)
  const calls = bed.emulator.calls().counts['ecr.GetAuthorizationToken.us-east-1'] ?? 0
  return [plain({ what: 'AWS calls for 100 concurrent cold requests', unit: 'calls', ours: calls, wanted: { atMost: 1 } })]
}
