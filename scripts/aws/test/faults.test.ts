import t from 'tap'
import { type Fault, faultNames, matchFaults, parseFaults } from '../faults.ts'

const principal = { arn: 'arn:aws:sts::1:assumed-role/ci/build', identityArn: 'arn:aws:iam::1:role/ci', userId: 'AROA:build' }
const call = { api: 'ecr', region: 'eu-west-1', principal } as const

const matches: [fault: Omit<Fault, 'fault'>, met: boolean][] = [
  [{}, true],
  [{ api: '*' }, true],
  [{ api: 'ecr' }, true],
  [{ api: 'sts' }, false],
  [{ region: 'eu-west-1' }, true],
  [{ region: 'us-east-1' }, false],
  [{ principal: principal.arn }, true],
  [{ principal: principal.identityArn }, true],
  [{ principal: 'arn:aws:iam::1:role/other' }, false],
]

for (const [fault, met] of matches) {
  t.test(`a fault of ${JSON.stringify(fault)} ${met ? 'applies' : 'does not apply'} to a session that calls ecr in eu-west-1`, async t => {
    t.equal(matchFaults([{ fault: 'hang', ...fault }], call).fault, met ? 'hang' : undefined)
  })
}

t.test('latency is combined with the first other fault', async t => {
  const faults: Fault[] = [{ fault: 'latency', ms: 5 }, { fault: 'cut' }, { fault: 'latency', ms: 7 }, { fault: 'hang' }]
  t.same(matchFaults(faults, call), { latencyMs: 7, fault: 'cut' })
})

t.test('every known fault can be read', async t => {
  const list = Object.keys(faultNames).map(fault => ({ fault, api: 'ecr', region: 'eu-west-1', principal: 'arn', ms: 1 }))
  t.same(parseFaults(list), list)
})

const wrongs: [value: unknown, message: RegExp][] = [
  [{}, /wanted a JSON list/],
  [[{ fault: 'fire' }], /found fault "fire"; wanted one of: latency, throttling, .*already-expired/],
  [[{ fault: 'toString' }], /wanted one of/],
  [['hang'], /wanted one of/],
  [[{ fault: 'hang', api: 's3' }], /wanted one of: ecr, ecr-public, sts, metadata, \*/],
  [[{ fault: 'hang', regoin: 'x' }], /found regoin/],
  [[{ fault: 'hang', region: 1 }], /not a string/],
  [[{ fault: 'latency' }], /wanted milliseconds/],
  [[{ fault: 'latency', ms: -1 }], /wanted milliseconds/],
]

for (const [value, message] of wrongs) {
  t.test(`${JSON.stringify(value)} is rejected, and the message says what is expected`, async t => t.match(parseFaults(value), message))
}
