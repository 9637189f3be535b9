import t from 'tap'
import { argoCd } from '../../src/shapes/argocd.ts'
import { basicAuth } from '../../src/shapes/basic-auth.ts'
import { decode, encode, host } from '../secrets.ts'

const credentials = new Map([[host, { username: 'AWS', password: 'p' }]])
const data = (texts: Record<string, string>) => Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, encode(text)]))
const texts = (map: ReadonlyMap<string, string>) => Object.fromEntries([...map].map(([key, value]) => [key, decode(value)]))

for (const shape of [basicAuth, argoCd]) {
  t.test(`${shape.kind}: username and password are written, where they differ`, async t => {
    t.strictSame(texts(shape.write(undefined, credentials, []).data), { username: 'AWS', password: 'p' })
    t.strictSame(texts(shape.write(data({ username: 'AWS', password: 'old', other: 'x' }), credentials, []).data), { password: 'p' })
    t.strictSame(texts(shape.write(data({ username: 'AWS', password: 'p' }), credentials, []).data), {})
  })

  t.test(`${shape.kind}: they are read back, and only both`, async t => {
    t.strictSame(shape.read(data({ username: 'AWS', password: 'p' }), [host]), credentials)
    for (const part of [{}, { username: 'AWS' }, { password: 'p' }, { username: 'AWS', password: '' }]) {
      t.equal(shape.read(data(part), [host]), undefined, JSON.stringify(part))
    }
    t.equal(shape.read(data({ username: 'AWS', password: 'p' }), []), undefined)
  })

  t.test(`${shape.kind}: empty ones are filled in where there are none`, async t => {
    t.strictSame(texts(shape.fill(undefined)), { username: '', password: '' })
    t.strictSame(texts(shape.fill(data({ username: 'mine', password: 'x' }))), {})
  })
}

const urls: [about: string, fields: Record<string, string>][] = [
  ['type oci', { type: 'oci', url: `oci://${host}/charts/app` }],
  ['type oci without a path', { type: 'oci', url: `oci://${host}` }],
  ['type helm with enableOCI, whose url has no scheme', { type: 'helm', enableOCI: 'true', url: `${host}/charts` }],
  ['type helm with enableOCI', { type: 'helm', enableOCI: 'true', url: `oci://${host}/charts` }],
]

for (const [about, fields] of urls) {
  t.test(`Argo CD: the registry is read from the url: ${about}`, async t => t.strictSame(argoCd.hosts?.(data(fields)), [host]))
}

const refused: [about: string, fields: Record<string, string>, message: RegExp][] = [
  ['nothing', {}, /wanted type: oci, or type: helm/],
  ['git', { type: 'git', url: `https://${host}/a` }, /type "git" with enableOCI ""/],
  ['helm without OCI', { type: 'helm', url: `https://${host}` }, /type "helm" with enableOCI ""/],
  ['helm with OCI off', { type: 'helm', enableOCI: 'false', url: host }, /with enableOCI "false"/],
  ['no url', { type: 'oci' }, /no host in url; wanted a url such as oci:/],
  ['a url without a host', { type: 'oci', url: '/charts' }, /no host in url/],
]

for (const [about, fields, message] of refused) {
  t.test(`Argo CD: ${about} is refused`, async t => void t.throws(() => argoCd.hosts?.(data(fields)), { kind: 'input', message }))
}

t.test('Argo CD: a wrong host in a url is not taken for a part of it', async t => {
  for (const url of [`oci://AWS@${host}/a`, `oci://${host}:443/a`, `oci://evil.example?${host}/a`, `ssh://${host}/a`]) {
    t.notSame(argoCd.hosts?.(data({ type: 'oci', url })), [host], url)
  }
})
