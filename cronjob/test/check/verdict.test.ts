import t from 'tap'
import { type SeenStatus, verdict } from '../../src/check/verdict.ts'

const arn = 'arn:aws:iam::111122223333:role/pull'
const verdicts: [about: string, status: SeenStatus, said: string | undefined][] = [
  ['AWS knows all tenants', { tenants: { default: { principal: arn } } }, undefined],
  ['there is no status', {}, undefined],
  ['AWS was not asked yet', { tenants: { default: { principal: null } } }, 'AWS has not said yet who tenant default is'],
  [
    'AWS refused',
    { tenants: { default: { principal: arn }, a: { principal: null, error: 'AccessDenied' } } },
    'AccessDenied from AWS for tenant a',
  ],
  [
    'the webhook says why',
    { tenants: { a: { principal: null, error: 'X', cause: 'found b; wanted c. Do d.' } } },
    'found b; wanted c. Do d.',
  ],
]

for (const [about, status, said] of verdicts) {
  t.test(`the verdict is ${said === undefined ? 'good' : 'one sentence'} if ${about}`, async t => t.equal(verdict(status), said))
}
