import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { mintPair } from '../../src/certs/random/mint-pair.ts'
import { secretOf, stateOf } from '../../src/certs/stored.ts'

const names = ['a.svc']
const nowMs = Date.parse('2026-01-01T12:00:00Z')
const [present, next] = await Promise.all([mintPair(names, nowMs), mintPair(names, nowMs)])
const at = { namespace: 'ecr', name: 'tls' }

t.test('a written state can be read again', async t => {
  const content = { present, next, previousCas: next.ca, phaseSinceMs: nowMs }
  t.match(stateOf(secretOf(content, at), names), {
    present: { pair: present },
    next: { pair: next },
    previousCas: next.ca,
    phaseSinceMs: nowMs,
  })
})

t.test('the Secret has the two keys that kubernetes.io/tls requires, and other keys only if needed', async t => {
  const secret = secretOf({ present, previousCas: '' }, at)
  t.match(secret, { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { ...at, annotations: {} } })
  t.strictSame(Object.keys(secret.data), ['tls.crt', 'tls.key', 'ca.crt'])
  const rotating = secretOf({ present, next, previousCas: 'x', phaseSinceMs: nowMs }, at)
  t.strictSame(Object.keys(rotating.data).slice(3), ['next-tls.crt', 'next-tls.key', 'next-ca.crt', 'previous-ca.crt'])
  t.strictSame(rotating.metadata.annotations, { [annotations.rotationPhaseSince]: '2026-01-01T12:00:00Z' })
})

const good = secretOf({ present, previousCas: '' }, at)
const unusable: [about: string, data: Record<string, string> | undefined][] = [
  ['no Secret', undefined],
  ['a Secret without data', {}],
  ['a Secret with empty keys', { 'tls.crt': '', 'tls.key': '' }],
  ['no PEM', { ...good.data, 'tls.crt': 'eHh4' }],
  ['no CA', { ...good.data, 'ca.crt': '' }],
  ['the key of another certificate', { ...good.data, 'tls.key': Buffer.from(next.key).toString('base64') }],
  ["another's CA", { ...good.data, 'ca.crt': Buffer.from(next.ca).toString('base64') }],
]

for (const [about, data] of unusable) {
  const secret = data && { metadata: { annotations: {} }, data }
  t.test(`${about} is read as no pair`, async t =>
    t.match(stateOf(secret, names), { present: undefined, next: undefined, previousCas: '' }),
  )
}

t.test('a pair without one of the names is unusable, for example after the release was renamed', async t => {
  t.equal(stateOf(good, ['a.svc', 'b.svc']).present, undefined)
})

t.test('an unreadable time is read as no time', async t => {
  t.equal(stateOf({ data: {}, metadata: { annotations: { [annotations.rotationPhaseSince]: 'soon' } } }, names).phaseSinceMs, undefined)
})
