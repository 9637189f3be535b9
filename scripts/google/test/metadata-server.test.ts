import t from 'tap'
import type { Google } from '../emulator.ts'
import { call, claimsOf, googleFor, project, secretName, syncer } from './world.ts'

const machine = { account: syncer.email }
const flavor = { 'Metadata-Flavor': 'Google' }

async function get({ url }: Google, path: string, headers: Record<string, string> = flavor) {
  const answer = await fetch(`${url}/computeMetadata/v1/${path}`, { headers })
  return { status: answer.status, flavor: answer.headers.get('metadata-flavor'), text: await answer.text() }
}

const texts: [path: string, text: string][] = [
  ['project/project-id', project.id],
  ['project/numeric-project-id', project.number],
  ['instance/service-accounts/', `default/\n${syncer.email}/\n`],
  ['instance/service-accounts/default/email', syncer.email],
  [`instance/service-accounts/${syncer.email}/email`, syncer.email],
  ['instance/service-accounts/default/scopes', 'https://www.googleapis.com/auth/cloud-platform'],
]

t.test('The metadata server knows the project and the service account, and names itself in each answer.', async t => {
  const google = await googleFor(t, { machine })
  for (const [path, text] of texts) t.same(await get(google, path), { status: 200, flavor: 'Google', text }, path)
  t.same(await get(google, 'universe/universe-domain'), { status: 404, flavor: 'Google', text: 'Not Found' })
  const all = JSON.parse((await get(google, 'instance/service-accounts/?recursive=true')).text)
  t.match(all, { default: { email: syncer.email, aliases: ['default'] }, [syncer.email]: { email: syncer.email } })
})

t.test('A request without the header Metadata-Flavor, or one that was forwarded, is refused.', async t => {
  const google = await googleFor(t, { machine })
  t.equal((await get(google, 'project/project-id', {})).status, 403)
  t.equal((await get(google, 'project/project-id', { ...flavor, 'X-Forwarded-For': '10.0.0.1' })).status, 403)
})

t.test('A machine that is none of Google has nothing to give, until it is one.', async t => {
  const google = await googleFor(t)
  const path = 'instance/service-accounts/default/email'
  t.equal((await get(google, path)).status, 404)
  google.setMachine(machine)
  t.equal((await get(google, path)).status, 200)
})

t.test('Its access token is one of the service account.', async t => {
  const google = await googleFor(t, { machine })
  const { access_token: token, ...rest } = JSON.parse((await get(google, 'instance/service-accounts/default/token')).text)
  t.same(rest, { expires_in: 3599, token_type: 'Bearer' })
  t.equal((await call(google, secretName, { token })).status, 200)
  t.equal(google.calls().last.at(-1)?.account, syncer.email)
})

t.test('Its identity token has the numeric id as azp and sub.', async t => {
  const google = await googleFor(t, { machine })
  const path = 'instance/service-accounts/default/identity'
  t.equal((await get(google, path)).status, 400)
  const { text } = await get(google, `${path}?audience=https%3A%2F%2Fa&format=full`)
  t.match(claimsOf(text), {
    iss: 'https://accounts.google.com',
    aud: 'https://a',
    azp: syncer.uniqueId,
    sub: syncer.uniqueId,
    email: syncer.email,
  })
  t.match(google.calls().last.at(-1), { api: 'metadata', method: 'identity', query: 'audience=https://a&format=full' })
})

t.test('Faults meet the metadata server.', async t => {
  const google = await googleFor(t, { machine })
  google.fault({ fault: 'unavailable', api: 'metadata', method: 'token', times: 1 })
  google.fault({ fault: 'throttled', api: 'metadata', method: 'email', times: 1 })
  const statuses = async (path: string) => (await get(google, `instance/service-accounts/default/${path}`)).status
  t.same([await statuses('token'), await statuses('token')], [503, 200])
  t.same([await statuses('email'), await statuses('email')], [429, 200])
})
