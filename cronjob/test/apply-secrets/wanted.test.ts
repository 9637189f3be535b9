import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { readWanted, secretOf } from '../../src/apply-secrets/wanted.ts'

const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const [plain, basic, argo] = readWanted(`secrets:
  - {namespace: a, name: pull}
  - {namespace: a, name: login, kind: basic-auth, registries: [${host}]}
  - {namespace: argocd, name: charts, kind: argocd-repo-creds, url: "oci://${host}/charts"}
`)

t.test('a Secret is a managed docker config without data, unless another kind is requested', async t => {
  t.strictSame(plain && secretOf(plain), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'a', name: 'pull', labels: { [labels.managed]: 'true' }, annotations: {} },
    type: 'kubernetes.io/dockerconfigjson',
  })
  t.match(basic && secretOf(basic), { type: 'kubernetes.io/basic-auth', metadata: { annotations: { [annotations.registries]: host } } })
})

t.test('an Argo CD Secret has the keys that Argo CD reads, and no annotation', async t => {
  const secret = argo && secretOf(argo)
  t.match(secret, { type: 'Opaque', metadata: { labels: { 'argocd.argoproj.io/secret-type': 'repo-creds' }, annotations: {} } })
  const texts = Object.entries((secret?.data ?? {}) as Record<string, string>).map(([key, value]) => [key, atob(value)])
  t.strictSame(Object.fromEntries(texts), { name: 'charts', type: 'helm', enableOCI: 'true', url: `oci://${host}/charts` })
})

const urls: [
  kind: 'argocd-repository' | 'argocd-repo-creds',
  fields: { url?: string; registries?: string[]; type?: 'oci' },
  url: string,
][] = [
  ['argocd-repo-creds', { url: host }, `${host}/`],
  ['argocd-repo-creds', { url: `oci://${host}` }, `oci://${host}/`],
  ['argocd-repo-creds', { registries: [host] }, `${host}/`],
  ['argocd-repo-creds', { url: `oci://${host}/` }, `oci://${host}/`],
  ['argocd-repo-creds', { url: `${host}/charts` }, `${host}/charts`],
  ['argocd-repository', { url: host }, host],
  ['argocd-repository', { url: `oci://${host}` }, `oci://${host}`],
  ['argocd-repository', { type: 'oci', url: `${host}/app` }, `oci://${host}/app`],
  ['argocd-repo-creds', { type: 'oci', url: host }, `oci://${host}/`],
  ['argocd-repo-creds', { type: 'oci', url: `oci://${host}/apps` }, `oci://${host}/apps`],
]

for (const [kind, fields, url] of urls) {
  t.test(`the url of an ${kind} Secret with ${JSON.stringify(fields)} is ${url}`, async t => {
    const given = { type: 'helm', namespace: 'argocd', name: 'charts', kind, ...fields } as const
    const { data } = secretOf(given) as unknown as { data: Record<string, string> }
    t.equal(atob(data.url ?? ''), url)
  })
}

t.test('a Secret of type oci has no key enableOCI, which is for Helm', async t => {
  const data = secretOf({ namespace: 'argocd', name: 'app', kind: 'argocd-repository', type: 'oci', url: `oci://${host}/app` }).data ?? {}
  t.strictSame(Object.keys(data).sort(), ['name', 'type', 'url'])
})

const refused: [about: string, text: string, message: RegExp][] = [
  ['no list', 'secrets: x', /SECRETS_FILE secrets: wanted a list of Secrets/],
  ['a missing name', 'secrets: [{namespace: a}]', /SECRETS_FILE secrets\.0\.name: wanted a name/],
  ['another kind', 'secrets: [{namespace: a, name: b, kind: tls}]', /secrets\.0\.kind: wanted one of dockerconfigjson, dockercfg/],
  ['another type', 'secrets: [{namespace: a, name: b, type: git}]', /secrets\.0\.type: wanted helm or oci/],
  ['an unknown key', 'secrets: [{namespace: a, name: b, data: c}]', /SECRETS_FILE secrets\.0: wanted .*"data"/],
  ['two problems', 'secrets: [{namespace: a}, {name: b}]', /found 2 faulty settings/],
]

for (const [about, text, message] of refused) {
  t.test(`${about} is rejected`, async t => void t.throws(() => readWanted(text), { kind: 'settings', message }))
}

t.test('for a file that is no YAML, the error does not quote it', async t => {
  t.throws(() => readWanted('secrets: [{'), { kind: 'settings', message: /SECRETS_FILE: found [A-Z_]+ at character \d+, wanted YAML/ })
})

t.test('a URL with a user part is rejected without being quoted, because it may contain a password', async t => {
  const urls = ['oci://user:hunter2@public.ecr.aws/a', 'user:hun/ter2@public.ecr.aws', 'oci://hunter2@public.ecr.aws']
  for (const url of urls) {
    const secrets = [
      { namespace: 'a', name: 'b', kind: 'argocd-repository', url },
      { namespace: 'a', name: 'c', registries: [url] },
    ]
    try {
      readWanted(JSON.stringify({ secrets }))
      t.fail(url)
    } catch (error) {
      const { message } = error as Error
      t.match(message, /secrets\.0\.url: wanted a value without an @/)
      t.match(message, /secrets\.1\.registries\.0: wanted a value without an @/)
      t.notMatch(message, /hun/, message)
    }
  }
})
