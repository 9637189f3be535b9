import { judgeSetUp } from '@ecr-anywhere/scripts/iam/judge-set-up.ts'
import { setUps } from '@ecr-anywhere/scripts/iam/set-ups/all.ts'
import t from 'tap'
import { permissions } from '../../src/trust-policy/permissions.ts'
import { trustPolicy } from '../../src/trust-policy/trust-policy.ts'

for (const setUp of Object.values(setUps)) {
  t.test(`${setUp.about}: a simulator of IAM allows the requests that are needed, and denies the same with one change`, async t => {
    const policies = { trust: trustPolicy(setUp.account, setUp.identities), permissions: permissions(setUp.permissions) }
    for (const { about, isAllowed, expected } of await judgeSetUp(setUp, policies)) t.equal(isAllowed, expected, about)
  })
}
