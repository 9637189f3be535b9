import t from 'tap'
import { secret } from './secrets.ts'
import { answer, awsWorld } from './world.ts'

t.test('a Secret that is skipped is logged without registries', async t => {
  const made = secret()
  const { record } = await answer({ object: { ...made, metadata: { ...made.metadata, labels: {} } } })
  t.match(record, { why: 'not labelled managed' })
  t.strictSame(record.registries, [])
})

t.test('an unexpected error in the webhook has the code InternalError', async t => {
  const { world } = awsWorld({ token: () => Promise.reject(new TypeError('a mistake')) })
  const { response } = await answer({ object: secret() }, world)
  t.match(response, { allowed: false, status: { details: { causes: [{ reason: 'InternalError' }] } } })
})
