import t from 'tap'
import { dockerConfigJson } from '../../src/secret-kinds/dockerconfigjson.ts'
import { decode, dockerData, host, login } from '../admission/secrets.ts'

const credentials = new Map([[host, { username: 'AWS', password: 'p' }]])

function write(config: unknown) {
  const { data, replaced } = dockerConfigJson.write(dockerData(config), credentials)
  return { text: decode(data.get('.dockerconfigjson')), replaced }
}

t.test('credential helpers and members that nobody knows stay', async t => {
  const others = { credHelpers: { 'gcr.io': 'gcloud' }, credsStore: 'pass', unknown: [{ a: null }], HttpHeaders: { 'X-Meta': '1' } }
  t.strictSame(JSON.parse(write({ ...others, auths: {} }).text), { ...others, auths: { [host]: login('p') } })
  t.strictSame(JSON.parse(write(others).text), { ...others, auths: { [host]: login('p') } }, 'without auths, too')
})

t.test('auths of null counts as none; auths of another kind is replaced, and said so', async t => {
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

t.test('__proto__ and constructor are registries like others', async t => {
  const { text } = write('{"auths":{"__proto__":{"auth":"eDp5"},"constructor":{"auth":"eDp5"}},"__proto__":{"a":1}}')
  t.equal(
    text,
    `{"auths":{"__proto__":{"auth":"eDp5"},"constructor":{"auth":"eDp5"},"${host}":${JSON.stringify(login('p'))}},"__proto__":{"a":1}}`,
  )
  t.notOk('auth' in {})
})

t.test('of a key that comes twice the last one counts, as for every reader of the file', async t => {
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
  t.test(`its author is warned of what Docker prefers to a login, once: ${about}`, async t => {
    const data = dockerData({ auths: {}, ...config })
    const warnings = dockerConfigJson.warnings?.(data, undefined, [host]) ?? []
    t.equal(warnings.length, says.length)
    t.match(warnings, says)
    t.strictSame(dockerConfigJson.warnings?.(data, dockerData({ auths: {} }), [host]), warnings)
    t.strictSame(dockerConfigJson.warnings?.(data, data, [host]), [], 'a refresh is not the author’s')
  })
}

t.test('content that cannot be read gives no such warning', async t => {
  for (const text of ['FAKE', '[', '['.repeat(1000)]) t.strictSame(dockerConfigJson.warnings?.(dockerData(text), undefined, [host]), [])
  t.strictSame(dockerConfigJson.warnings?.(undefined, undefined, [host]), [])
})
