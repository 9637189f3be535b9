import t from 'tap'
import { dockerConfigJson } from '../../src/secret-kinds/dockerconfigjson.ts'
import { decode, dockerData, host, login, otherHost } from '../admission/secrets.ts'

const credentials = new Map([[host, { username: 'AWS', password: 'p' }]])

function write(config: unknown) {
  const { data, replaced } = dockerConfigJson.write(dockerData(config), credentials)
  return { text: decode(data.get('.dockerconfigjson')), replaced }
}

t.test('credential helpers and unknown members do not change', async t => {
  const others = { credHelpers: { 'gcr.io': 'gcloud' }, credsStore: 'pass', unknown: [{ a: null }], HttpHeaders: { 'X-Meta': '1' } }
  t.strictSame(JSON.parse(write({ ...others, auths: {} }).text), { ...others, auths: { [host]: login('p') } })
  t.strictSame(JSON.parse(write(others).text), { ...others, auths: { [host]: login('p') } }, 'this also holds without auths')
})

t.test('auths of null is treated as missing, and auths of another type is replaced, which is reported', async t => {
  t.strictSame(write({ auths: null, credsStore: 'pass' }), {
    text: JSON.stringify({ auths: { [host]: login('p') }, credsStore: 'pass' }),
    replaced: undefined,
  })
  for (const auths of [[], 'x', 7, true]) {
    const { text, replaced } = write({ auths, credsStore: 'pass' })
    t.strictSame(JSON.parse(text), { auths: { [host]: login('p') }, credsStore: 'pass' })
    t.equal(replaced, '.dockerconfigjson was not a docker config and was replaced')
  }
})

t.test('__proto__ and constructor are ordinary names of registries', async t => {
  const { text } = write('{"auths":{"__proto__":{"auth":"eDp5"},"constructor":{"auth":"eDp5"}},"__proto__":{"a":1}}')
  t.equal(
    text,
    `{"auths":{"__proto__":{"auth":"eDp5"},"constructor":{"auth":"eDp5"},"${host}":${JSON.stringify(login('p'))}},"__proto__":{"a":1}}`,
  )
  t.notOk('auth' in {})
})

t.test('the last of several equal keys is used, as by every reader of the file', async t => {
  t.equal(
    write('{"auths":{"a":{"auth":"1"},"a":{"auth":"2"}}}').text,
    `{"auths":{"a":{"auth":"2"},"${host}":${JSON.stringify(login('p'))}}}`,
  )
})

const preferred: [about: string, config: object, says: RegExp[]][] = [
  ['no helper', { credHelpers: {}, credsStore: '' }, []],
  ["another registry's helper", { credHelpers: { 'gcr.io': 'gcloud' } }, []],
  ["our registry's helper", { credHelpers: { [host]: 'ecr-login' } }, [/^credHelpers in \.dockerconfigjson names one of its registries/]],
  ['a store', { credsStore: 'pass' }, [/^credsStore in \.dockerconfigjson is set/]],
  ['both', { credHelpers: { [host]: 'x' }, credsStore: 'pass' }, [/^credHelpers/, /^credsStore/]],
  ['members of other kinds', { credHelpers: [host], credsStore: { [host]: 'x' } }, []],
]

for (const [about, config, says] of preferred) {
  t.test(`the author gets one warning about members that Docker prefers to a login: ${about}`, async t => {
    const data = dockerData({ auths: {}, ...config })
    const warnings = dockerConfigJson.warnings?.(data, undefined, [host]) ?? []
    t.equal(warnings.length, says.length)
    t.match(warnings, says)
    t.strictSame(dockerConfigJson.warnings?.(data, dockerData({ auths: {} }), [host]), warnings)
    t.strictSame(dockerConfigJson.warnings?.(data, data, [host]), [], 'there is no warning if the content did not change')
  })
}

t.test('a credential helper for one of several registries causes the warning', async t => {
  const data = dockerData({ auths: {}, credHelpers: { [host]: 'ecr-login' } })
  t.match(dockerConfigJson.warnings?.(data, undefined, [otherHost, host]), [/^credHelpers/])
})

t.test('content that cannot be read causes no such warning', async t => {
  for (const text of ['FAKE', '[', '['.repeat(1000)]) t.strictSame(dockerConfigJson.warnings?.(dockerData(text), undefined, [host]), [])
  t.strictSame(dockerConfigJson.warnings?.(undefined, undefined, [host]), [])
})
