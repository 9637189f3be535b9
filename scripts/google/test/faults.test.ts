import t from 'tap'
import { createFaults, type Fault, faultNames, parseFaults } from '../faults.ts'

const call = { api: 'secretmanager', method: 'AddSecretVersion', path: '/v1/projects/p/secrets/ecr:addVersion', account: 'a@b' } as const

const matches: [fault: Omit<Fault, 'fault'>, met: boolean][] = [
  [{}, true],
  [{ api: 'secretmanager' }, true],
  [{ api: 'artifactregistry' }, false],
  [{ method: 'AddSecretVersion' }, true],
  [{ method: 'GetSecret' }, false],
  [{ account: 'a@b' }, true],
  [{ account: 'c@d' }, false],
  [{ path: 'secrets/ecr' }, true],
  [{ path: 'secrets/other' }, false],
]

for (const [fault, met] of matches) {
  t.test(`A fault of ${JSON.stringify(fault)} ${met ? 'meets' : 'spares'} a call of AddSecretVersion.`, async t => {
    const faults = createFaults()
    faults.add({ fault: 'unavailable', ...fault })
    t.equal(faults.meet(call).fault, met ? 'unavailable' : undefined)
  })
}

t.test('A fault spares the first calls, meets the next, and is over.', async t => {
  const faults = createFaults()
  faults.add({ fault: 'unavailable', skip: 1, times: 2 })
  t.same(
    [1, 2, 3, 4].map(() => faults.meet(call).fault),
    [undefined, 'unavailable', 'unavailable', undefined],
  )
  t.same(faults.list(), [])
})

t.test('Of two faults the first is met, and the second when the first is over. A wait goes together with both.', async t => {
  const faults = createFaults()
  faults.add({ fault: 'latency', ms: 5 })
  faults.add({ fault: 'throttled', times: 1, retrySeconds: 7 })
  faults.add({ fault: 'quota' })
  faults.add({ fault: 'latency', ms: 7 })
  t.same(faults.meet(call), { latencyMs: 7, fault: 'throttled', retrySeconds: 7 })
  t.same(faults.meet(call), { latencyMs: 7, fault: 'quota', retrySeconds: 1 })
  faults.clear()
  t.same(faults.meet(call), { latencyMs: 0, fault: undefined, retrySeconds: 1 })
})

t.test('Every fault can be read.', async t => {
  const list = Object.keys(faultNames).map(fault => ({
    fault,
    api: 'oauth2',
    method: 'a',
    account: 'a',
    path: 'a',
    times: 1,
    skip: 0,
    ms: 1,
  }))
  t.same(parseFaults(list), list)
})

const wrongs: [value: unknown, message: RegExp][] = [
  [{}, /wanted a JSON list/],
  [[{ fault: 'fire' }], /found fault "fire"; wanted one of: latency, unauthenticated/],
  [[{ fault: 'toString' }], /wanted one of/],
  [['hang'], /wanted one of/],
  [[{ fault: 'hang', api: 'ecr' }], /wanted one of: secretmanager, artifactregistry, iamcredentials, oauth2, metadata/],
  [[{ fault: 'hang', region: 'x' }], /found region "x"/],
  [[{ fault: 'hang', method: 1 }], /found method 1/],
  [[{ fault: 'hang', times: -1 }], /found times -1/],
]

for (const [value, message] of wrongs) {
  t.test(`${JSON.stringify(value)} is refused, and the message says what would be right.`, async t => t.match(parseFaults(value), message))
}
