import t from 'tap'
import { bodyLimit } from '../../src/http/bodies.ts'
import { limitedWebhook } from '../http/limited-webhook.ts'
import { emptyObjects, endTogether, head, many } from '../http/strangers.ts'

// Anyone may send reviews of pods, which have no ticket. Reviews of Secrets are the normal traffic that must be answered.
const { underAttack, port } = await limitedWebhook(t, { tickets: true, env: { ATTACH_SECRET: 'ecr-anywhere-pull' } })
const attack = (bodies: readonly Buffer[]) => endTogether(port, bodies, body => [head(body.length, '/attach/default'), body] as const)

t.test('the webhook stays available with reviews of pods that would need much memory', async t => {
  await underAttack(t, async () => {
    const codes = await attack(many(10, () => emptyObjects(bodyLimit)))
    t.ok(
      codes.every(code => [413, 503, 0].includes(code)),
      `answers: ${codes}`,
    )
  })
})

t.test('the webhook stays available with more large reviews of pods than it parses in a second', async t => {
  const start = '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","object":"'
  const large = Buffer.from(`${start}${'x'.repeat(bodyLimit - start.length - 3)}"}}`)
  await underAttack(t, async () => {
    const codes = await attack(many(10, () => large))
    t.ok(
      codes.every(code => [200, 503, 0].includes(code)),
      `answers: ${codes}`,
    )
    t.ok(codes.includes(200) && codes.some(code => code !== 200), `answers: ${codes}`)
  })
})
