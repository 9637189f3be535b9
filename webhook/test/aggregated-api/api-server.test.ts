import t from 'tap'
import { requireApiServer } from '../../src/aggregated-api/api-server.ts'

const headers = { 'x-remote-user': ['system:apiserver'], 'x-remote-group': ['system:authenticated', 'system:masters'] }

t.test('the API server itself is accepted', async t => {
  requireApiServer(headers)
  t.pass()
})

const rejected: [about: string, headers: Record<string, string[]>][] = [
  ['no user', { 'x-remote-group': ['system:masters'] }],
  ['no group', { 'x-remote-user': ['system:apiserver'] }],
  ['an administrator', { ...headers, 'x-remote-user': ['kubernetes-admin'] }],
  ['a user without the group', { ...headers, 'x-remote-group': ['system:authenticated'] }],
  ['groups joined into one', { ...headers, 'x-remote-group': ['system:authenticated, system:masters'] }],
  ['a second user', { ...headers, 'x-remote-user': ['system:apiserver', 'system:apiserver'] }],
  ['another second user', { ...headers, 'x-remote-user': ['system:apiserver', 'eve'] }],
  ['another first user', { ...headers, 'x-remote-user': ['eve', 'system:apiserver'] }],
  ['the user in another header', { 'x-remote-group': ['system:masters'], 'x-custom-user': ['system:apiserver'] }],
  ['another case', { ...headers, 'x-remote-user': ['System:apiserver'] }],
  ['a longer name', { ...headers, 'x-remote-user': ['system:apiserver '] }],
  ['nothing', {}],
]

for (const [about, requestHeaders] of rejected) {
  t.test(`${about}: the request is rejected, and the message quotes nothing of it`, async t => {
    t.throws(() => requireApiServer(requestHeaders), {
      kind: 'input',
      code: 'NotAttested',
      message: /^found a request that the API server forwarded/,
    })
  })
}
