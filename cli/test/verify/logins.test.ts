import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { entriesOf, isPullSecret, loginSecret } from '../../src/verify/logins.ts'

const host = 'public.ecr.aws'
const auth = btoa('AWS:hunter:2')
const config = (value: unknown) => ({ '.dockerconfigjson': btoa(typeof value === 'string' ? value : JSON.stringify(value)) })
const entries = (data: Record<string, string>, type = 'kubernetes.io/dockerconfigjson', notes = {}) =>
  entriesOf(loginSecret.parse({ type, data, metadata: { name: 'a', namespace: 'b', annotations: notes } }))

t.test('the logins of each kind of Secret are read', async t => {
  const login = { username: 'AWS', password: 'hunter:2' }
  t.strictSame(
    entries(config({ auths: { [host]: { auth, username: 'x', password: 'y' } } })),
    { entries: [{ key: host, login }] },
    'auth comes first, as in the kubelet',
  )
  t.strictSame(entries(config({ auths: { [host]: login } })), { entries: [{ key: host, login }] })
  t.strictSame(entries({ '.dockercfg': btoa(JSON.stringify({ [host]: { auth } })) }, 'kubernetes.io/dockercfg'), {
    entries: [{ key: host, login }],
  })
  const basic = { username: btoa('AWS'), password: btoa('hunter:2') }
  t.strictSame(entries(basic, 'kubernetes.io/basic-auth', { [annotations.injectedRegistries]: host }), { entries: [{ key: host, login }] })
  t.strictSame(entries(config({})), { entries: [] })
})

for (const [about, data, said] of [
  ['no key', {}, /no key \.dockerconfigjson/],
  ['no JSON', config('hunter2'), /not a docker config/],
  ['no map of logins', config({ auths: 'hunter2' }), /not a docker config/],
  ['an entry without a login', config({ auths: { [host]: {} } }), /no readable login/],
  ['an entry whose auth has no colon', config({ auths: { [host]: { auth: btoa('hunter2') } } }), /no readable login/],
] as const) {
  t.test(`a Secret with ${about} is unusable, and the reason quotes nothing`, async t => {
    const found = entries(data)
    t.match(found, { unusable: said })
    t.notMatch(JSON.stringify(found), 'hunter2')
  })
}

t.test('the kubelet reads two types as image pull secrets', async t => {
  t.ok(isPullSecret({ type: 'kubernetes.io/dockercfg' }))
  t.notOk(isPullSecret({ type: 'Opaque' }))
})
