import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { statusOf } from '../src/status.ts'
import { nowMs } from './admission/secrets.ts'

const fault = new Fault('transient', { code: 'AccessDeniedException', found: 'a', wanted: 'b', todo: 'C.' })
const token = (inMs: number) => ({ value: { username: 'AWS', password: 'hunter2', expiresAtMs: nowMs + inMs } })
const usEast = { kind: 'private', region: 'us-east-1', fips: true, dualStack: false } as const
const tenants = ['default', 'team-a', 'team-b', 'team-c'].map(name => ({ name }))
const parts = { version: '1.2.3', attestation: 'policy', notAfterMs: nowMs + 90_500, nowMs, tenants }

t.test('/status shows principals, lifetimes, AWS codes and messages, and never a token or the message of an unexpected error', async t => {
  const status = statusOf({
    ...parts,
    principals: new Map([
      ['default', { arn: 'arn:aws:iam::111122223333:role/pull' }],
      ['team-a', { error: fault }],
      ['team-b', {}],
      ['team-c', { arn: 'arn:aws:iam::111122223333:role/c' }],
    ]),
    tokens: [
      { key: { tenant: 'default', scope: usEast }, cached: token(3_600_000), watched: true },
      { key: { tenant: 'default', scope: { kind: 'public' } }, cached: token(-1_000), error: fault, watched: false },
      { key: { tenant: 'team-a', scope: { kind: 'public' } }, error: new Error('hunter2'), watched: true },
      { key: { tenant: 'team-b', scope: usEast }, watched: true },
      { key: { tenant: 'team-c', scope: usEast }, error: fault, watched: true },
      { key: { tenant: 'gone', scope: usEast }, cached: token(1), watched: true },
    ],
  })
  const [error, cause] = [fault.code, fault.message]
  t.strictSame(status, {
    version: '1.2.3',
    attestation: 'policy',
    servingCertificate: { notAfter: '2026-01-01T12:01:30Z', secondsLeft: 90 },
    tenants: {
      default: {
        state: 'ok',
        principal: 'arn:aws:iam::111122223333:role/pull',
        tokens: { 'us-east-1/fips': { secondsLeft: 3600 }, public: { secondsLeft: -1, error, cause } },
      },
      'team-a': { state: 'failed', principal: null, error, cause, tokens: { public: { error: 'error', cause: 'Error' } } },
      'team-b': { state: 'pending', principal: null, tokens: { 'us-east-1/fips': {} } },
      'team-c': { state: 'failed', principal: 'arn:aws:iam::111122223333:role/c', tokens: { 'us-east-1/fips': { error, cause } } },
    },
  })
  t.notMatch(JSON.stringify(status), 'hunter2')
})

t.test('without a serving certificate /status says so, and before the first answer of AWS every tenant is pending', async t => {
  const { servingCertificate, tenants } = statusOf({ ...parts, notAfterMs: undefined, principals: new Map(), tokens: [] })
  t.equal(servingCertificate, null)
  t.strictSame(tenants['team-a'], { state: 'pending', principal: null, tokens: {} })
})
