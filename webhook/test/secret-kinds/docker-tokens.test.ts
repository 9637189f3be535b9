import t from 'tap'
import { dockerCfg } from '../../src/secret-kinds/dockercfg.ts'
import { dockerConfigJson } from '../../src/secret-kinds/dockerconfigjson.ts'
import { decode, encode, host, login, otherHost } from '../admission/secrets.ts'

const formats = [
  { shape: dockerConfigJson, key: '.dockerconfigjson', nest: (auths: unknown) => ({ auths }) },
  { shape: dockerCfg, key: '.dockercfg', nest: (auths: unknown) => auths },
]
const credentialsOf = (password: string) => ({
  username: 'AWS',
  password,
  prepared: { auth: encode(`AWS:${password}`), contents: new Map<string, string>() },
})

for (const { shape, key, nest } of formats) {
  const dataOf = (text: string) => ({ [key]: encode(text) })

  t.test(`${shape.name}: if only one of two tokens was renewed, the Secret gets the new token`, async t => {
    const [first, older, newer] = ['a', 'b', 'c'].map(credentialsOf) as [Login, Login, Login]
    const written = (second: Login, data?: Record<string, string>) => {
      const logins = new Map([
        [host, first],
        [otherHost, second],
      ])
      return decode(shape.write(data, logins).data.get(key))
    }
    const before = written(older)
    t.equal(before, JSON.stringify(nest({ [host]: login('a'), [otherHost]: login('b') })))
    const after = JSON.stringify(nest({ [host]: login('a'), [otherHost]: login('c') }))
    t.equal(written(newer), after, 'a new Secret')
    t.equal(written(newer, dataOf(before)), after, 'a Secret that has both')
  })

  t.test(`${shape.name}: content that already has the login is not written again, with or without former registries`, async t => {
    const data = dataOf(JSON.stringify(nest({ [host]: login('a') })))
    for (const former of [undefined, { hosts: [host], data }, { hosts: [otherHost], data: undefined }]) {
      t.equal(shape.write(data, new Map([[host, credentialsOf('a')]]), former).data.size, 0)
    }
  })

  t.test(`${shape.name}: an entry without a username, or with one that is not a string, has no credentials`, async t => {
    for (const entry of [{ password: 'p' }, { username: 1, password: 'p' }]) {
      t.equal(shape.read(dataOf(JSON.stringify(nest({ [host]: entry }))), [host]), undefined)
    }
  })

  t.test(`${shape.name}: content that is nested too deeply is denied, because it cannot be preserved`, async t => {
    const data = dataOf('['.repeat(1_000))
    const refusal = { kind: 'input', message: /^found content that is nested deeper than 64 levels; wanted a docker config\. Remove/ }
    t.throws(() => shape.write(data, new Map([[host, credentialsOf('a')]])), refusal)
    t.throws(() => shape.empty(data), refusal)
  })
}

type Login = ReturnType<typeof credentialsOf>
