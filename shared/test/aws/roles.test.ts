import t from 'tap'
import { account, asking, emulatorFor, keys, roleArn, session } from './asking.ts'

t.jobs = 4

t.test('the name of a session contains the cluster and the tenant, and has at most 64 characters', async t => {
  const emulator = await emulatorFor(t)
  const ask = asking(t, emulator, { ...keys, CLUSTER_NAME: 'c'.repeat(32) })
  const names: [tenant: string, name: string][] = [
    ['a', `${'c'.repeat(32)}@a`],
    ['a'.repeat(31), `${'c'.repeat(32)}@${'a'.repeat(31)}`],
    ['a'.repeat(63), `${'c'.repeat(32)}@${'a'.repeat(31)}`],
  ]
  for (const [name, sessionName] of names) {
    t.match(await ask({ tenant: { name, roleArn } }), { principal: session(sessionName) })
    t.equal(emulator.calls().last.findLast(({ action }) => action === 'AssumeRole')?.sessionName, sessionName)
  }
})

t.test('the external ID and the session tags of a tenant are sent to AWS', async t => {
  const tags = { team: 'a & b', 'cost:centre': '4711', größe: '' }
  const emulator = await emulatorFor(t, { roles: [{ arn: roleArn, externalId: 'x-1', requireTags: { team: 'a & b' } }] })
  const ask = asking(t, emulator, keys)
  t.match(await ask({ tenant: { name: 'a', roleArn, externalId: 'x-1', sessionTags: tags } }), { principal: session('kubernetes@a') })
  t.match(emulator.calls().last[0], { action: 'AssumeRole', roleArn, externalId: 'x-1', tags })
  for (const tenant of [
    { name: 'b', roleArn },
    { name: 'c', roleArn, externalId: 'x-2', sessionTags: tags },
    { name: 'd', roleArn, externalId: 'x-1' },
  ]) {
    t.match((await ask({ tenant })).fault, {
      code: 'AccessDenied',
      sentence: `found AccessDenied from sts:AssumeRole in us-east-1 for tenant ${tenant.name} (role ${roleArn}); wanted an answer. Let the trust policy of ${roleArn} name the webhook's principal, with the same external id.`,
    })
  }
})

const partitions: [arn: string, region: string][] = [
  [`arn:aws-cn:iam::${account}:role/pull`, 'cn-north-1'],
  [`arn:aws-us-gov:iam::${account}:role/pull`, 'us-gov-west-1'],
  [`arn:aws-eusc:iam::${account}:role/pull`, 'eusc-de-east-1'],
]

t.test('a role of another partition is assumed with the STS of that partition, and its own registry is in that partition', async t => {
  const emulator = await emulatorFor(t, { roles: partitions.map(([arn]) => ({ arn })) })
  const ask = asking(t, emulator, keys)
  for (const [arn, region] of partitions) {
    const name = region
    const principal = arn.replace(':iam:', ':sts:').replace(':role/pull', `:assumed-role/pull/kubernetes@${region}`)
    t.match(await ask({ tenant: { name, roleArn: arn } }), { principal, region })
    t.match(emulator.calls().counts, { [`sts.AssumeRole.${region}`]: 1, [`sts.GetCallerIdentity.${region}`]: 1 })
  }
})

t.test('after AWS reports expired credentials, the role is assumed again', async t => {
  const emulator = await emulatorFor(t)
  const ask = asking(t, emulator, keys)
  const tenant = { name: 'a', roleArn }
  const assumed = () => emulator.calls().counts['sts.AssumeRole.us-east-1']
  await ask({ tenant })
  await ask({ tenant })
  t.equal(assumed(), 1)
  emulator.fault({ fault: 'expired-token', api: 'ecr' })
  t.match((await ask({ tenant })).fault, { code: 'ExpiredTokenException', sentence: /from ecr:GetAuthorizationToken/ })
  emulator.heal()
  t.match(await ask({ tenant }), { hours: [12], fault: undefined })
  t.equal(assumed(), 2)
})

t.test('a session is renewed before it expires, and an expired session is never used', async t => {
  const roles = [240, 0].map(sessionSeconds => ({ arn: `${roleArn}-of-${sessionSeconds}-s`, sessionSeconds }))
  const emulator = await emulatorFor(t, { roles })
  const ask = asking(t, emulator, keys)
  for (const { arn } of roles) {
    for (const times of [1, 2, 3]) {
      await ask({ tenant: { name: 'a', roleArn: arn }, region: arn.includes('240') ? 'us-east-1' : 'eu-west-1' })
      t.ok(emulator.calls().last.filter(call => call.roleArn === arn).length >= times, `${arn} was assumed for request ${times}`)
    }
  }
})
