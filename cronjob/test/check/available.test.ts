import t from 'tap'
import { availabilityProblem } from '../../src/check/available.ts'

const name = 'v1.admission.ecr-anywhere.centml.ai'
const of = (status: string, lastTransitionTime: string, message = '') => ({
  status: {
    conditions: [
      { type: 'Other', status: 'False', lastTransitionTime },
      { type: 'Available', status, lastTransitionTime, message },
    ],
  },
})
const ok = of('True', '2026-01-01T00:00:00Z')
const down = of('False', '2026-01-01T00:00:01Z', 'failing or missing response from https://10.0.0.1:443: context deadline exceeded')

t.test('an API that stays available causes no problem', async t => {
  t.equal(availabilityProblem(name, [ok, ok, ok]), undefined)
})

t.test('an API that is not available is reported with the reason of the API server', async t => {
  t.match(availabilityProblem(name, [down, down]), {
    kind: 'transient',
    why: /^found the APIService v1\.admission.*not available: failing or missing response.*aggregation layer/,
  })
  for (const observed of [[{}], [{ status: {} }], [{ status: { conditions: 'x' } }], []])
    t.match(availabilityProblem(name, observed), { why: /not available/ })
})

t.test('an API that is only sometimes available is reported as not available', async t => {
  t.match(availabilityProblem(name, [ok, {}]), { kind: 'transient', why: /changes back and forth; wanted a condition that stays True/ })
  const unknown = { status: { conditions: [{ type: 'Available', status: 'Unknown', lastTransitionTime: '2026-01-01T00:00:00Z' }] } }
  t.match(availabilityProblem(name, [unknown]), { why: /, which is not available; wanted the condition Available/ })
})

t.test('an API whose condition changes between attempts is reported, even if it is available at each of them', async t => {
  const flapping = /condition Available changes back and forth.*every API server reaches the pods/
  t.match(availabilityProblem(name, [ok, down, ok]), { why: flapping })
  t.match(availabilityProblem(name, [ok, down, ok]), { why: /context deadline exceeded/ })
  t.match(availabilityProblem(name, [ok, of('True', '2026-01-01T00:00:02Z')]), { why: flapping })
})
