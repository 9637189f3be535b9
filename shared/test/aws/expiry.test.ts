import t from 'tap'
import { asking, emulatorFor, filesFor, jwt, keys, roleArn, user } from './asking.ts'

t.jobs = 4

const regional = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const both = [regional, 'public.ecr.aws']
const minutes = 60

for (const [lifeHours, believedHours] of [
  [100, 12],
  [13, 12],
  [12, 12],
  [1, 1],
] as const) {
  t.test(`a token with a lifetime of ${lifeHours} h in the answer of AWS is used for ${believedHours} h`, async t => {
    const emulator = await emulatorFor(t, { tokenLifeSeconds: lifeHours * 3600 })
    t.match(await asking(t, emulator, keys)({ hosts: both }), { hours: [believedHours, believedHours], fault: undefined })
  })
}

t.test('a token that has expired on arrival is rejected with a message that mentions the clock', async t => {
  const emulator = await emulatorFor(t, { tokenLifeSeconds: -1 })
  const { fault } = await asking(t, emulator, keys)()
  t.match(fault, {
    kind: 'transient',
    code: 'ExpiredOnArrival',
    sentence: /this machine's clock says .+ Set this machine's clock \(NTP\)\.$/,
  })
})

const identities: [about: string, action: string, role: boolean][] = [
  ['an assumed role', 'sts.AssumeRole.us-east-1', true],
  ['a web identity from the environment', 'sts.AssumeRoleWithWebIdentity.us-east-1', false],
]

for (const [about, action, isOnTop] of identities) {
  for (const [sessionMinutes, sessions, hours] of [
    [120, 1, 2],
    [46, 1, 1],
    [44, 2, 1],
    [20, 2, 0],
  ] as const) {
    t.test(`${about} with sessions of ${sessionMinutes} min: only a public token expires with its session`, async t => {
      const roles = [{ arn: roleArn, sessionSeconds: sessionMinutes * minutes, trust: isOnTop ? [user.arn] : ['*'] }]
      const emulator = await emulatorFor(t, { roles })
      const path = await filesFor(t, { token: jwt({ iss: 'https://oidc.example', sub: 'webhook', aud: 'sts.amazonaws.com' }) })
      const env = isOnTop ? keys : { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: path('token') }
      const tenant = { name: 'a', ...(isOnTop && { roleArn }) }
      t.match(await asking(t, emulator, env)({ tenant, hosts: both }), { hours: [12, hours], fault: undefined })
      t.equal(emulator.calls().counts[action], sessions, 'a longer session is requested if necessary and possible')
    })
  }
}

t.test('a session that cannot be renewed is still used for a public token', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn: roleArn, sessionSeconds: 20 * minutes }] })
  const ask = asking(t, emulator, keys)
  const tenant = { name: 'a', roleArn }
  await ask({ tenant, hosts: [regional] })
  emulator.fault({ fault: 'access-denied', api: 'sts', principal: user.arn })
  t.match(await ask({ tenant, hosts: ['public.ecr.aws'] }), { hours: [0], fault: undefined })
})
