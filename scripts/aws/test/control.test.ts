import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import t from 'tap'
import { account, clients, emulatorFor, refusal, user } from './world.ts'

const RoleArn = `arn:aws:iam::${account}:role/ci`

t.test('faults can be changed over HTTP: PUT replaces the list, and DELETE removes all', async t => {
  const { url } = await emulatorFor(t)
  const ask = () => clients({ url }).ecr.send(new GetAuthorizationTokenCommand({}))
  await put(`${url}/_emulator/faults`, [{ fault: 'hang' }])
  await put(`${url}/_emulator/faults`, [{ fault: 'unavailable', api: 'ecr' }])
  await t.rejects(ask(), refusal('ServiceUnavailable', { status: 503 }))
  t.same(await (await fetch(`${url}/_emulator/faults`)).json(), [{ fault: 'unavailable', api: 'ecr' }])
  await fetch(`${url}/_emulator/faults`, { method: 'DELETE' })
  await t.resolves(ask())
})

t.test('an unknown fault gets a 400 that lists the known ones, and changes nothing', async t => {
  const { url } = await emulatorFor(t)
  const answer = await put(`${url}/_emulator/faults`, [{ fault: 'hang' }, { fault: 'fire' }])
  t.equal(answer.status, 400)
  t.match(await answer.text(), /fire.*throttling.*hang/)
  t.same(await (await fetch(`${url}/_emulator/faults`)).json(), [])
})

t.test('all calls, including rejected ones, are counted and described without secrets', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn: RoleArn }] })
  const { ecr, sts } = clients(emulator)
  const Tags = [{ Key: 'tenant', Value: 'a' }]
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'build', ExternalId: 'x-1', Tags }))
  await ecr.send(new GetAuthorizationTokenCommand({}))
  await t.rejects(clients(emulator, { as: { ...user, secretAccessKey: 'wrong' } }).ecr.send(new GetAuthorizationTokenCommand({})))
  const text = await (await fetch(`${emulator.url}/_emulator/calls`)).text()
  t.same(JSON.parse(text), emulator.calls())
  t.same(emulator.calls().counts, { 'sts.AssumeRole.eu-west-1': 1, 'ecr.GetAuthorizationToken.eu-west-1': 2 })
  const [assumed, , refused] = emulator.calls().last
  t.match(assumed, {
    action: 'AssumeRole',
    principal: user.arn,
    roleArn: RoleArn,
    sessionName: 'build',
    externalId: 'x-1',
    tags: { tenant: 'a' },
  })
  t.equal(refused?.principal, undefined)
  for (const secret of [user.secretAccessKey, Credentials?.SecretAccessKey, Credentials?.SessionToken]) t.notOk(text.includes(secret ?? ''))
  await fetch(`${emulator.url}/_emulator/calls`, { method: 'DELETE' })
  t.same(emulator.calls(), { counts: {}, last: [] })
})

t.test('the lifetime of tokens can be set', async t => {
  const { url } = await emulatorFor(t)
  t.equal((await put(`${url}/_emulator/settings`, { tokenLifeSeconds: 5 })).status, 200)
  const { authorizationData } = await clients({ url }).ecr.send(new GetAuthorizationTokenCommand({}))
  t.ok(Number(authorizationData?.[0]?.expiresAt) <= Date.now() + 5000)
  for (const wrong of [{ tokenLifeSeconds: 0 }, { tokenLifeSeconds: '5' }, { tokenLife: 5 }, []]) {
    t.equal((await put(`${url}/_emulator/settings`, wrong)).status, 400, JSON.stringify(wrong))
  }
})

t.test('other addresses get a 404 that lists the known ones', async t => {
  const { url } = await emulatorFor(t)
  for (const path of ['/_emulator/else', '/', '/else']) t.equal((await fetch(url + path)).status, 404)
})

function put(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'PUT', body: JSON.stringify(body) })
}
