import t from 'tap'
import { dockerCfg } from '../../src/secret-kinds/dockercfg.ts'
import { dockerConfigJson } from '../../src/secret-kinds/dockerconfigjson.ts'
import type { CredentialsByHost } from '../../src/secret-kinds/secret-kind.ts'
import { decode, encode, host, login, otherHost } from '../admission/secrets.ts'

const credentials: CredentialsByHost = new Map([[host, { username: 'AWS', password: 'p' }]])
const ghcr = { auth: encode('x:y'), email: 'x@example.com' }

/** Both formats, each with a function that puts logins into it. */
const formats = [
  { shape: dockerConfigJson, key: '.dockerconfigjson', nest: (auths: unknown) => ({ auths }) },
  { shape: dockerCfg, key: '.dockercfg', nest: (auths: unknown) => auths },
]

for (const { shape, key, nest } of formats) {
  const dataOf = (text: string) => ({ [key]: encode(text) })
  const written = (text: string | undefined, wanted = credentials, former: { hosts: string[]; text: string } = { hosts: [], text: '' }) => {
    const { hosts } = former
    const { data, replaced } = shape.write(text === undefined ? undefined : dataOf(text), wanted, { hosts, data: dataOf(former.text) })
    const value = data.get(key)
    return { text: value === undefined ? undefined : decode(value), replaced, keys: [...data.keys()] }
  }

  t.test(`${shape.name}: a config is written if there is no content`, async t => {
    for (const text of [undefined, '{}', JSON.stringify(nest({}))]) {
      t.strictSame(written(text), { text: JSON.stringify(nest({ [host]: login('p') })), replaced: undefined, keys: [key] })
    }
  })

  t.test(`${shape.name}: other registries do not change and keep their order`, async t => {
    const before = nest({ 'ghcr.io': ghcr, [host]: login('old'), 'https://index.docker.io/v1/': {} })
    const after = nest({ 'ghcr.io': ghcr, [host]: login('p'), 'https://index.docker.io/v1/': {} })
    t.equal(written(JSON.stringify(before)).text, JSON.stringify(after))
  })

  t.test(`${shape.name}: the result does not contain other data keys`, async t => {
    t.strictSame([...shape.write({ other: encode('mine') }, credentials).data.keys()], [key])
  })

  t.test(`${shape.name}: numbers keep their digits`, async t => {
    const numbers = '{"id":12345678901234567890,"big":1e400,"small":1.10,"minus":-0,"plain":7}'
    const text = written(JSON.stringify(nest({ 'ghcr.io': 'HERE' })).replace('"HERE"', numbers)).text ?? ''
    t.ok(text.includes(`"ghcr.io":${numbers}`), text)
  })

  for (const text of ['FAKE', '', '[]', '"a"', '7', 'null', '{"auths"', '\u0000', '{"a":1}{"b":2}']) {
    t.test(`${shape.name}: ${JSON.stringify(text)} is replaced${text === '' ? '' : ', which is reported'}`, async t => {
      t.strictSame(written(text), {
        text: JSON.stringify(nest({ [host]: login('p') })),
        replaced: text === '' ? undefined : `${key} was not a docker config and was replaced`,
        keys: [key],
      })
    })
  }

  t.test(`${shape.name}: content that is not UTF-8 is replaced, which is reported`, async t => {
    const { data, replaced } = shape.write({ [key]: encode(Buffer.from([0xff, 0xfe, 0x00])) }, credentials)
    t.equal(decode(data.get(key)), JSON.stringify(nest({ [host]: login('p') })))
    t.match(replaced, /not a docker config/)
  })

  t.test(`${shape.name}: a byte order mark is removed`, async t => {
    const { text, replaced } = written(`\uFEFF${JSON.stringify(nest({ 'ghcr.io': ghcr }))}`)
    t.strictSame([text, replaced], [JSON.stringify(nest({ 'ghcr.io': ghcr, [host]: login('p') })), undefined])
  })

  t.test(`${shape.name}: a login that was injected and is no longer requested is removed`, async t => {
    const before = JSON.stringify(nest({ [host]: login('p'), [otherHost]: login('old'), 'ghcr.io': ghcr }))
    const after = JSON.stringify(nest({ [host]: login('p'), 'ghcr.io': ghcr }))
    t.equal(written(before, credentials, { hosts: [otherHost], text: before }).text, after)
    t.equal(written(before, credentials, { hosts: [otherHost, host], text: before }).text, after, 'a requested login is not removed')
    t.equal(written(after, credentials, { hosts: [otherHost], text: before }).text, undefined, 'it is removed only once')
  })

  const own = { username: 'me', password: 'mine', auth: encode('me:mine') }
  const changes: [about: string, now: unknown, before: unknown][] = [
    ['another login', own, login('old')],
    ['another user', { ...login('old'), username: 'me' }, login('old')],
    ['another password', { ...login('old'), password: 'mine' }, login('old')],
    ['another auth', { ...login('old'), auth: 'bWluZQ==' }, login('old')],
    ['an additional member', { ...login('old'), email: 'me@example.com' }, login('old')],
    ['a missing member', { username: 'AWS', password: 'old' }, login('old')],
    ['an empty entry', {}, login('old')],
    ['an entry that is no object', 'mine', login('old')],
    ['an entry that was not there before', login('old'), undefined],
    ['a login without auth, which the webhook never writes', { username: 'me', password: 'mine' }, { username: 'me', password: 'mine' }],
    ['a login with an email, which the webhook never writes', { ...own, email: 'a' }, { ...own, email: 'a' }],
    ['a login with an inconsistent auth, which the webhook never writes', { ...own, auth: 'eA==' }, { ...own, auth: 'eA==' }],
    ['an entry without a login, now and before', {}, {}],
  ]
  for (const [about, now, was] of changes) {
    t.test(`${shape.name}: for a host that is no longer requested, the entry of the user is kept: ${about}`, async t => {
      const before = JSON.stringify(nest({ [host]: login('p'), ...(was === undefined ? {} : { [otherHost]: was }) }))
      const text = JSON.stringify(nest({ [host]: login('old'), [otherHost]: now }))
      t.equal(
        written(text, credentials, { hosts: [otherHost], text: before }).text,
        JSON.stringify(nest({ [host]: login('p'), [otherHost]: now })),
      )
    })
  }

  t.test(`${shape.name}: nothing is removed if the old content cannot be read`, async t => {
    const now = JSON.stringify(nest({ [host]: login('p'), [otherHost]: login('old') }))
    for (const text of ['', 'FAKE', '[]', '['.repeat(1000)]) {
      t.equal(written(now, credentials, { hosts: [otherHost], text }).text, undefined, text.slice(0, 4))
    }
  })

  const aliases = [
    ...['https://', 'http://', ''].flatMap(scheme => ['', '/', '/v1/', '/v2/'].map(path => `${scheme}${host}${path}`)),
    `https://AWS@${host}`,
    `https://AWS:old@${host}/v1/`,
    `https://${host}?a`,
    `https://${host}/#a`,
  ].filter(name => name !== host)
  t.test(`${shape.name}: an alias of the same registry is replaced by our entry`, async t => {
    for (const name of aliases) {
      const before = nest({ [name]: login('old'), 'ghcr.io': ghcr })
      t.equal(written(JSON.stringify(before)).text, JSON.stringify(nest({ 'ghcr.io': ghcr, [host]: login('p') })), name)
      const beside = nest({ [host]: login('p'), [name]: login('p') })
      t.equal(written(JSON.stringify(beside)).text, JSON.stringify(nest({ [host]: login('p') })), `${name} beside our entry is removed`)
    }
  })

  t.test(`${shape.name}: an entry that is no alias of a requested registry is kept`, async t => {
    const names = [
      `https://${otherHost}`,
      `https://${host}/team-a`,
      `${host}/v1/team-a`,
      `https://${host}/v3/`,
      `https://${host}/v1`,
      `https://${host}:443`,
      `https://${host}.evil.example`,
      `https://evil.example/${host}`,
      `https://evil.example@x${host}`,
      `oci://${host}`,
      `HTTPS://${host}`,
      `//${host}`,
      ` ${host}`,
      `https://${'x'.repeat(600)}@${host}`,
      '*.dkr.ecr.us-east-1.amazonaws.com',
      'https://index.docker.io/v1/',
      'https://',
      '',
    ]
    const others = Object.fromEntries(names.map(name => [name, ghcr]))
    t.equal(written(JSON.stringify(nest(others))).text, JSON.stringify(nest({ ...others, [host]: login('p') })))
  })

  t.test(`${shape.name}: content that was written is not written again`, async t => {
    const { text } = written('{"a":{}}')
    t.strictSame(written(text), { text: undefined, replaced: undefined, keys: [] })
  })

  t.test(`${shape.name}: our login is written again if any member was changed`, async t => {
    for (const change of [{ auth: '' }, { username: 'x' }, { password: 'x' }, { email: 'x' }]) {
      const before = JSON.stringify(nest({ [host]: { ...login('p'), ...change } }))
      t.equal(written(before).text, JSON.stringify(nest({ [host]: login('p') })), JSON.stringify(change))
    }
  })

  t.test(`${shape.name}: credentials are read only if every host has a login`, async t => {
    const data = dataOf(JSON.stringify(nest({ [host]: login('p'), [otherHost]: { auth: encode('AWS:p') } })))
    t.strictSame(shape.read(data, [host]), credentials)
    t.equal(shape.read(data, [host, otherHost]), undefined)
    for (const login of ['p', null, [], { username: 'AWS' }, { username: 'AWS', password: '' }, { username: 1, password: 2 }]) {
      t.equal(shape.read(dataOf(JSON.stringify(nest({ [host]: login }))), [host]), undefined, JSON.stringify(login))
    }
    t.equal(shape.read(undefined, [host]), undefined)
    t.equal(shape.read(dataOf('{}'), ['constructor']), undefined, 'no key is read from a prototype')
  })

  t.test(`${shape.name}: an empty valid config is written if there is none`, async t => {
    const empty = new Map([[key, encode(JSON.stringify(nest({})))]])
    for (const data of [undefined, {}, dataOf('FAKE')]) t.strictSame(shape.empty(data), empty)
    t.strictSame(shape.empty(dataOf('{}')), new Map())
  })
}

t.test('the content for one token is prepared once, and used only for the same token', async t => {
  const prepared = { auth: encode('AWS:p'), contents: new Map<string, string>() }
  const cached = new Map([[host, { username: 'AWS', password: 'p', prepared }]])
  const both: CredentialsByHost = new Map<string, { username: string; password: string }>([
    ...cached,
    [otherHost, { username: 'AWS', password: 'q' }],
  ])
  const contentOf = (logins: CredentialsByHost, data?: Record<string, string>) =>
    dockerConfigJson.write(data, logins).data.get('.dockerconfigjson')
  t.equal(contentOf(cached), contentOf(credentials), 'the content is the same as without a cache')
  t.equal(prepared.contents.size, 1)
  prepared.contents.set(`.dockerconfigjson ${host}`, 'prepared content')
  t.equal(contentOf(cached), 'prepared content')
  t.equal(contentOf(cached, { '.dockerconfigjson': encode(JSON.stringify({ auths: { [host]: login('old') } })) }), 'prepared content')
  for (const config of [{ auths: { 'ghcr.io': ghcr } }, { auths: {}, credsStore: 'x' }]) {
    t.not(
      contentOf(cached, { '.dockerconfigjson': encode(JSON.stringify(config)) }),
      'prepared content',
      'prepared content is not used if the user has other entries',
    )
  }
  t.not(dockerCfg.write(undefined, cached).data.get('.dockercfg'), 'prepared content')
  t.strictSame(
    JSON.parse(decode(contentOf(both) ?? '')),
    { auths: { [host]: login('p'), [otherHost]: login('q') } },
    'prepared content is not used for two tokens',
  )
  for (let at = 0; at < 100; at += 1) dockerConfigJson.write(undefined, new Map([[`h${at}`, { username: 'AWS', password: 'p', prepared }]]))
  t.equal(prepared.contents.size, 16)
})
