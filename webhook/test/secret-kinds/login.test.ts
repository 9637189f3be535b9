import t from 'tap'
import { argoRepoCreds, argoRepository } from '../../src/secret-kinds/argocd.ts'
import { basicAuth } from '../../src/secret-kinds/basic-auth.ts'
import { decode, encode, host } from '../admission/secrets.ts'

const credentials = new Map([[host, { username: 'AWS', password: 'p' }]])
const data = (texts: Record<string, string>) => Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, encode(text)]))
const texts = (map: ReadonlyMap<string, string>) => Object.fromEntries([...map].map(([key, value]) => [key, decode(value)]))

for (const shape of [basicAuth, argoRepository, argoRepoCreds]) {
  t.test(`${shape.name}: username and password are written if they differ`, async t => {
    t.strictSame(texts(shape.write(undefined, credentials).data), { username: 'AWS', password: 'p' })
    t.strictSame(texts(shape.write(data({ username: 'AWS', password: 'old', other: 'x' }), credentials).data), { password: 'p' })
    t.strictSame(texts(shape.write(data({ username: 'AWS', password: 'p' }), credentials).data), {})
  })

  t.test(`${shape.name}: without credentials nothing is written`, async t => {
    t.strictSame(texts(shape.write(data({ username: 'mine' }), new Map()).data), {})
  })

  t.test(`${shape.name}: username and password are read only together`, async t => {
    t.strictSame(shape.read(data({ username: 'AWS', password: 'p' }), [host]), credentials)
    for (const part of [{}, { username: 'AWS' }, { password: 'p' }, { username: 'AWS', password: '' }]) {
      t.equal(shape.read(data(part), [host]), undefined, JSON.stringify(part))
    }
    t.equal(shape.read(data({ username: 'AWS', password: 'p' }), []), undefined)
  })

  t.test(`${shape.name}: an empty username and password are added if they are missing`, async t => {
    t.strictSame(texts(shape.empty(undefined)), { username: '', password: '' })
    t.strictSame(texts(shape.empty(data({ username: 'mine', password: 'x' }))), {})
  })
}
