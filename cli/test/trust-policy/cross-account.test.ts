import { setUps } from '@ecr-anywhere/scripts/iam/set-ups/all.ts'
import { type Access, resourceOf } from '@ecr-anywhere/scripts/iam/set-ups/set-up.ts'
import { permitsAcross } from '@ecr-anywhere/scripts/iam/simulate.ts'
import { twinCases } from '@ecr-anywhere/scripts/iam/twins.ts'
import t from 'tap'
import { permissions } from '../../src/trust-policy/permissions.ts'
import { repositoryPolicy } from '../../src/trust-policy/repository-policy.ts'

const { account, permissions: given } = setUps['rosa-cross-account']
const principal = `arn:aws:iam::${account.account}:role/ecr-anywhere`
const access: Access = { action: 'ecr:BatchGetImage', partition: 'aws', region: 'us-east-1', account: '818140567777', repository: 'cf/web' }
const ask = ({ principal, ...access }: Access & { principal: string }) => ({ ...access, principal, resource: resourceOf(access) })

for (const [about, principals] of [
  ['the role', [principal]],
  ['its account', [`arn:aws:iam::${account.account}:root`]],
] as const) {
  t.test(`a repository whose policy names ${about} can be pulled from the other account, and no other way`, async t => {
    const repository = repositoryPolicy({ partition: 'aws', principals })
    const denied = {
      'from a third account': { principal: 'arn:aws:iam::999999999999:role/ecr-anywhere' },
      'to push': { action: 'ecr:PutImage' },
      'what the role may not read': { repository: 'billing/web' },
    }
    for (const { about, request, isAllowed } of twinCases({ about: 'a pull', allowed: { ...access, principal }, denied }))
      t.equal(await permitsAcross(permissions(given), repository, ask(request)), isAllowed, about)
  })
}

t.test('without a policy of the repository the same pull is denied', async t => {
  t.equal(await permitsAcross(permissions(given), undefined, ask({ ...access, principal })), false)
})
