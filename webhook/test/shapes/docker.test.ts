import t from 'tap'
import { dockerCfg } from '../../src/shapes/dockercfg.ts'
import { dockerConfigJson } from '../../src/shapes/dockerconfigjson.ts'
import type { CredentialsOf } from '../../src/shapes/shape.ts'
import { decode, encode, host, login, otherHost } from '../secrets.ts'

const credentials: CredentialsOf = new Map([[host, { username: 'AWS', password: 'p' }]])
const ghcr = { auth: encode('x:y'), email: 'x@example.com' }

/** Both formats, each with a way to put logins into it. */
const formats = [
  { shape: dockerConfigJson, key: '.dockerconfigjson', nest: (auths: unknown) => ({ auths }) },
  { shape: dockerCfg, key: '.dockercfg', nest: (auths: unknown) => auths },
]

for (const { shape, key, nest } of formats) {
  const dataOf = (text: string) => ({ [key]: encode(text) })
  const written = (text: string | undefined, wanted = credentials, forget: string[] = []) => {
    const { data, replaced } = shape.write(text === undefined ? undefined : dataOf(text), wanted, forget)
    const value = data.get(key)
    return { text: value === undefined ? undefined : decode(value), replaced, keys: [...data.keys()] }
  }

  t.test(`${shape.kind}: without content a config is written`, async t => {
    for (const text of [undefined, '{}', JSON.stringify(nest({}))]) {
      t.strictSame(written(text), { text: JSON.stringify(nest({ [host]: login('p') })), replaced: undefined, keys: [key] })
    }
  })

  t.test(`${shape.kind}: other registries stay as they were, in their order`, async t => {
    const before = nest({ 'ghcr.io': ghcr, [host]: login('old'), 'https://index.docker.io/v1/': {} })
    const after = nest({ 'ghcr.io': ghcr, [host]: login('p'), 'https://index.docker.io/v1/': {} })
    t.equal(written(JSON.stringify(before)).text, JSON.stringify(after))
  })

  t.test(`${shape.kind}: other data keys are not named`, async t => {
    t.strictSame([...shape.write({ other: encode('mine') }, credentials, []).data.keys()], [key])
  })

  t.test(`${shape.kind}: numbers keep their digits`, async t => {
    const numbers = '{"id":12345678901234567890,"big":1e400,"small":1.10,"minus":-0,"plain":7}'
    const text = written(JSON.stringify(nest({ 'ghcr.io': 'HERE' })).replace('"HERE"', numbers)).text ?? ''
    t.ok(text.includes(`"ghcr.io":${numbers}`), text)
  })

  for (const text of ['FAKE', '', '[]', '"a"', '7', 'null', '{"auths"', '\u0000', '{"a":1}{"b":2}']) {
    t.test(`${shape.kind}: ${JSON.stringify(text)} is no docker config: it is replaced${text === '' ? '' : ', and said so'}`, async t => {
      t.strictSame(written(text), {
        text: JSON.stringify(nest({ [host]: login('p') })),
        replaced: text === '' ? undefined : `${key} was no docker config and was replaced`,
        keys: [key],
      })
    })
  }

  t.test(`${shape.kind}: content that is no UTF-8 is replaced, and said so`, async t => {
    const { data, replaced } = shape.write({ [key]: encode(Buffer.from([0xff, 0xfe, 0x00])) }, credentials, [])
    t.equal(decode(data.get(key)), JSON.stringify(nest({ [host]: login('p') })))
    t.match(replaced, /no docker config/)
  })

  t.test(`${shape.kind}: a byte order mark is dropped`, async t => {
    const { text, replaced } = written(`\uFEFF${JSON.stringify(nest({ 'ghcr.io': ghcr }))}`)
    t.strictSame([text, replaced], [JSON.stringify(nest({ 'ghcr.io': ghcr, [host]: login('p') })), undefined])
  })

  t.test(`${shape.kind}: what was injected and is not asked for any more is forgotten`, async t => {
    const before = JSON.stringify(nest({ [host]: login('p'), [otherHost]: login('old'), 'ghcr.io': ghcr }))
    const after = JSON.stringify(nest({ [host]: login('p'), 'ghcr.io': ghcr }))
    t.equal(written(before, credentials, [otherHost]).text, after)
    t.equal(written(before, credentials, [otherHost, host]).text, after, 'but not what is asked for')
    t.equal(written(after, credentials, [otherHost]).text, undefined, 'and once only')
  })

  t.test(`${shape.kind}: what it writes it does not write again`, async t => {
    const { text } = written('{"a":{}}')
    t.strictSame(written(text), { text: undefined, replaced: undefined, keys: [] })
  })

  t.test(`${shape.kind}: a login of ours that was changed in any member is written again`, async t => {
    for (const change of [{ auth: '' }, { username: 'x' }, { password: 'x' }, { email: 'x' }]) {
      const before = JSON.stringify(nest({ [host]: { ...login('p'), ...change } }))
      t.equal(written(before).text, JSON.stringify(nest({ [host]: login('p') })), JSON.stringify(change))
    }
  })

  t.test(`${shape.kind}: credentials are read only if all hosts have some`, async t => {
    const data = dataOf(JSON.stringify(nest({ [host]: login('p'), [otherHost]: { auth: encode('AWS:p') } })))
    t.strictSame(shape.read(data, [host]), credentials)
    t.equal(shape.read(data, [host, otherHost]), undefined)
    for (const login of ['p', null, [], { username: 'AWS' }, { username: 'AWS', password: '' }, { username: 1, password: 2 }]) {
      t.equal(shape.read(dataOf(JSON.stringify(nest({ [host]: login }))), [host]), undefined, JSON.stringify(login))
    }
    t.equal(shape.read(undefined, [host]), undefined)
    t.equal(shape.read(dataOf('{}'), ['constructor']), undefined, 'nothing is read from a prototype')
  })

  t.test(`${shape.kind}: an empty valid config is filled in where there is none`, async t => {
    const empty = new Map([[key, encode(JSON.stringify(nest({})))]])
    for (const data of [undefined, {}, dataOf('FAKE')]) t.strictSame(shape.fill(data), empty)
    t.strictSame(shape.fill(dataOf('{}')), new Map())
  })
}
