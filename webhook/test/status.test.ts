import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { statusOf } from '../src/status.ts'
import { nowMs } from './secrets.ts'

const fault = new Fault('passing', { code: 'AccessDeniedException', found: 'hunter2', wanted: 'b', todo: 'c' })
const token = (inMs: number) => ({ value: { username: 'AWS', password: 'hunter2', expiresAtMs: nowMs + inMs } })
const usEast = { kind: 'private', region: 'us-east-1', fips: true, dualStack: false } as const
const parts = { version: '1.2.3', attestation: 'policy', notAfterMs: nowMs + 90_500, nowMs }

t.test('it tells principals, seconds left and AWS codes, and never a token or an error text', async t => {
  const status = statusOf({
    ...parts,
    principals: new Map([
      ['default', { arn: 'arn:aws:iam::111122223333:role/pull' }],
      ['team-a', { error: 'AccessDenied' }],
      ['team-b', {}],
    ]),
    tokens: [
      { key: { tenant: 'default', scope: usEast }, held: token(3_600_000) },
      { key: { tenant: 'default', scope: { kind: 'public' } }, held: token(-1_000), error: fault },
      { key: { tenant: 'team-a', scope: { kind: 'public' } }, error: new Error('hunter2') },
      { key: { tenant: 'gone', scope: usEast }, held: token(1) },
    ],
  })
  t.strictSame(status, {
    version: '1.2.3',
    attestation: 'policy',
    servingCertificate: { notAfter: '2026-01-01T12:01:30Z', secondsLeft: 90 },
    tenants: {
      default: {
        principal: 'arn:aws:iam::111122223333:role/pull',
        tokens: { 'us-east-1/fips': { secondsLeft: 3600 }, public: { secondsLeft: -1, error: 'AccessDeniedException' } },
      },
      'team-a': { principal: null, error: 'AccessDenied', tokens: { public: { error: 'error' } } },
      'team-b': { principal: null, tokens: {} },
    },
  })
  t.notMatch(JSON.stringify(status), 'hunter2')
})

t.test('before there is a serving certificate it says so', async t => {
  const { servingCertificate } = statusOf({ ...parts, notAfterMs: undefined, principals: new Map(), tokens: [] })
  t.equal(servingCertificate, null)
})
