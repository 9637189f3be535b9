import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { decode, encode, host, login, secret } from '../admission/secrets.ts'
import { answer, newPassword } from '../admission/world.ts'
import { watch } from './watch.ts'

/** The size limit of a Secret. */
const mib = 1024 * 1024
const ourLogin = login(newPassword('us-east-1'))

const fill = (text: string, around: (text: string) => string = text => text) =>
  around(text.repeat(Math.floor((mib - around('').length) / Buffer.byteLength(text))).replace(/,$/, ''))
const auths = (text: string) => `{"auths":{${text}}}`
const member = (text: string) => `{"x":${text}}`
const many = (each: (at: number) => string, size: number) => Array.from({ length: Math.floor(mib / size) }, (_, at) => each(at)).join()

/** Contents that a user could write, and the outcome for each. */
const configs: [about: string, content: string | Buffer, outcome: 'kept' | 'replaced' | 'denied' | 'emptied'][] = [
  ['100,000 levels of lists', member('['.repeat(100_000) + ']'.repeat(100_000)), 'denied'],
  ['100,000 levels of objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'denied'],
  ['1 MiB of open brackets', fill('['), 'denied'],
  ['1 MiB of brackets in a text', fill('[{', text => member(`"${text}"`)), 'kept'],
  ['1 MiB of escaped quotes', fill('\\"', text => member(`"${text}"`)), 'kept'],
  ['1 MiB of logins', auths(many(at => `"r${at}.example":{"auth":"eDp5"}`, 36)), 'denied'],
  ['1 MiB of the same key', auths(many(() => '"a":{"auth":"eDp5"}', 20)), 'denied'],
  ['1 MiB of __proto__', auths(many(() => '"__proto__":{"auth":"eDp5"}', 28)), 'denied'],
  ['1 MiB of empty lists', member(`[${many(() => '[]', 3)}]`), 'denied'],
  ['1 MiB of empty objects', member(`[${many(() => '{}', 3)}]`), 'denied'],
  ['1 MiB of numbers', member(`[${many(() => '1.0', 4)}]`), 'denied'],
  ['1 MiB of empty objects and a number', `{"n":1.0,"x":[${many(() => '{}', 3)}]}`, 'denied'],
  ['1 MiB of members', `{${many(at => `"k${at}":0`, 11)}}`, 'denied'],
  ['1 MiB of nested members', fill('{"a":', text => `{"x":${text}`), 'denied'],
  ['1 MiB of colons', fill(':'), 'replaced'],
  ['1 MiB of commas', fill(','), 'denied'],
  ['1 MiB of quotes', fill('"'), 'replaced'],
  ['1 MiB of backslashes in a text', fill('\\\\', text => member(`"${text}"`)), 'kept'],
  ['1 MiB of digits and blanks', fill('1 '), 'replaced'],
  [
    '2,400 logins',
    auths(Array.from({ length: 2_400 }, (_, at) => `"r${at}.example":{"username":"u","password":"p","auth":"dTpw"}`).join()),
    'kept',
  ],
  [
    '2,400 aliases of one registry',
    auths(Array.from({ length: 2_400 }, (_, at) => `"https://${at}@${host}":{"username":"u","password":"p","auth":"dTpw"}`).join()),
    'emptied',
  ],
  ['one number of 1 MiB', fill('9', member), 'kept'],
  ['one text of 1 MiB', fill('x', text => member(`"${text}"`)), 'kept'],
  ['one key of 1 MiB', fill('x', text => `{"${text}":1}`), 'kept'],
  ['1 MiB of escapes', fill('\\u0000', text => member(`"${text}"`)), 'kept'],
  ['1 MiB of emoji', fill('😀', text => member(`"${text}"`)), 'kept'],
  ['1 MiB of blanks', fill(' ', text => `{${text}}`), 'kept'],
  ['1 MiB of blanks and nothing else', fill(' '), 'replaced'],
  ['1 MiB of text that is no JSON', fill('FAKE'), 'replaced'],
  ['1 MiB of zero bytes', Buffer.alloc(mib), 'replaced'],
  ['1 MiB that is no UTF-8', Buffer.alloc(mib, 0xff), 'replaced'],
  ['huge and odd numbers', member('[1e400,-0,1.10,12345678901234567890,1E-400,0.1e1]'), 'kept'],
  ['lone surrogates', '{"\\ud800":"\\udfff","auths":{"\\udc00":{}}}', 'kept'],
  ['__proto__ and constructor as registries', auths('"__proto__":{"auth":"eDp5"},"constructor":{"prototype":{"x":1}}'), 'kept'],
  ['__proto__ as a member', '{"__proto__":{"auths":{}},"constructor":1,"auths":{}}', 'kept'],
  ['an empty name of a registry', auths('"":{}'), 'kept'],
  ['keys that are numbers', auths('"b":{},"1":{},"0":{}'), 'kept'],
]

for (const [about, content, outcome] of configs) {
  t.test(`${about}: the content is ${outcome}, and the result is not changed again`, async t => {
    const watched = watch(t)
    const object = secret({ data: { '.dockerconfigjson': encode(content) } })
    const first = await answer({ object })
    t.strictSame([watched.uncaught, watched.after()], [[], watched.before])
    if (outcome === 'denied')
      return t.match(first.response, { allowed: false, status: { code: 400, message: /wanted a docker config\. Remove/ } })
    t.equal(first.result, 'injected')
    t.equal(first.warnings.length, outcome === 'replaced' ? 1 : 0)
    const text = decode(first.patched.data?.['.dockerconfigjson'])
    t.strictSame(JSON.parse(text).auths[host], ourLogin)
    if (outcome === 'emptied') t.strictSame(Object.keys(JSON.parse(text).auths), [host])
    if (outcome === 'kept') t.ok(keeps(text, String(content)), 'all other content is unchanged')
    const again = await answer({ object: first.patched, oldObject: first.patched })
    t.strictSame([again.result, again.operations], ['unchanged', []])
  })
}

/** @returns whether the new config differs from the old one only by our login, including the order and all digits of numbers */
function keeps(after: string, before: string): boolean {
  const [found, expected] = [parsed(after), parsed(before)]
  delete found.auths?.[host]
  expected.auths ??= {}
  return JSON.stringify(found) === JSON.stringify(expected)
}

/** Parses JSON, with numbers as strings of their original digits. */
function parsed(text: string): { auths?: Record<string, unknown> } {
  return JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)/g, (_, string, number) => string ?? `"number ${number}"`))
}

t.test('__proto__, constructor and other such keys of a Secret are neither read nor written', async t => {
  const data = Object.fromEntries(['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map(key => [key, encode('mine')]))
  const { result, operations } = await answer({ object: secret({ data }) })
  t.equal(result, 'injected')
  t.strictSame(operations.map(({ path }) => path).sort(), [
    '/data/.dockerconfigjson',
    ...['expires_at', 'injected_registries', 'updated_at'].map(name => `/metadata/annotations/ecr-anywhere.centml.ai~1${name}`),
  ])
})

for (const registries of ['__proto__', 'constructor', 'toString', `${host},__proto__`]) {
  t.test(`the registries annotation ${registries} is denied`, async t => {
    const { result, response } = await answer({ object: secret({ notes: { [annotations.registries]: registries } }) })
    t.equal(result, 'denied')
    t.match(response.status, { message: /a bare ECR host/ })
  })
}

for (const wrong of ['no base64 !!!', 'e30', 'e30=\n', '====', '\u0000', 'eyJhdXRocyI6e319%']) {
  t.test(`a Secret with invalid base64, ${JSON.stringify(wrong)}, gets valid content`, async t => {
    const { result, patched } = await answer({ object: secret({ data: { '.dockerconfigjson': wrong } }) })
    t.equal(result, 'injected')
    t.strictSame(JSON.parse(decode(patched.data?.['.dockerconfigjson'])), { auths: { [host]: ourLogin } })
  })
}
