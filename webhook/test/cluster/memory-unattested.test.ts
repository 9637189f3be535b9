import { review } from '@ecr-anywhere/scripts/bench/review.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { bodyLimit } from '../../src/http/bodies.ts'
import { limitedWebhook } from '../http/limited-webhook.ts'
import { emptyObjects, endTogether, many } from '../http/strangers.ts'

// Attestation is off, so any pod can send reviews.
const { underAttack, emulator, port } = await limitedWebhook(t, { tickets: false })

t.test('the webhook stays available with ten simultaneous bodies of 8 MB that are not reviews', async t => {
  await underAttack(t, async () => {
    const codes = await endTogether(
      port,
      many(10, () => emptyObjects(bodyLimit)),
    )
    t.ok(
      codes.every(code => [413, 503, 0].includes(code)),
      `answers: ${codes}`,
    )
  })
})

t.test('the webhook stays available with ten reviews of the largest allowed memory that wait while AWS hangs', async t => {
  const waiting = (at: number) => {
    const { request, ...rest } = review('memory')
    const object = { ...request.object, metadata: { ...request.object.metadata, annotations: otherRegion(at) } }
    const filling = `[${'{"35":1},'.repeat(200_000)}1]`
    return Buffer.from(
      JSON.stringify({ ...rest, request: { ...request, object } }).replace('"options":{', `"filling":${filling},"options":{`),
    )
  }
  emulator.fault({ fault: 'latency', ms: 4_000, api: 'ecr' })
  await underAttack(t, async () => {
    const codes = await endTogether(port, many(10, waiting))
    t.ok(
      codes.every(code => [200, 503, 0].includes(code)),
      `answers: ${codes}`,
    )
  })
  emulator.heal()
})

/** A registry without a cached token. */
function otherRegion(at: number): Record<string, string> {
  const regions = ['us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2', 'eu-central-1']
  return { [annotations.registries]: `123456789012.dkr.ecr.${regions[at % regions.length]}.amazonaws.com` }
}
