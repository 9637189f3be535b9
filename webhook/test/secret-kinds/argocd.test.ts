import t from 'tap'
import { argoRepoCreds, argoRepository } from '../../src/secret-kinds/argocd.ts'
import { encode, host } from '../admission/secrets.ts'

const kinds = [argoRepository, argoRepoCreds]
const data = (texts: Record<string, string>) => Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, encode(text)]))
const oci = (url: string) => data({ type: 'oci', url })
/** A password that no message may contain. */
const password = 'hunter2'

const read: string[] = [
  `oci://${host}/`,
  `${host}/`,
  `https://${host}/`,
  `oci://${host}/charts/app`,
  `oci://${host}/a`,
  `${host}/charts`,
  `${host}/charts/`,
  `oci://${host}/a-b_c.d/E2/f`,
]

for (const { name, hosts } of kinds) {
  t.test(`${name}: the registry is read from the url`, async t => {
    for (const url of read) {
      t.strictSame(hosts?.(oci(url)), [host], url)
      t.strictSame(hosts?.(data({ type: 'helm', enableOCI: 'true', url })), [host], url)
    }
  })
}

t.test('a repository may have only a host, because Argo CD uses the login only for this URL', async t => {
  for (const url of [host, `oci://${host}`, `https://${host}`]) t.strictSame(argoRepository.hosts?.(oci(url)), [host], url)
})

t.test('repo-creds may not have only a host, because Argo CD would also send them to every longer host', async t => {
  for (const url of [host, `oci://${host}`, `https://${host}`]) {
    t.throws(() => argoRepoCreds.hosts?.(oci(url)), {
      kind: 'input',
      message: /^found an Argo CD repo-creds Secret with a url that ends with the registry's host; wanted a url that continues with a \//,
    })
  }
})

/** URLs that would send our credentials to another host, or that Argo CD, Helm and Go read differently. */
const rejectedUrls: Record<string, string[]> = {
  'a user or a password in its url': [
    `oci://AWS:${password}@${host}/charts`,
    `https://${password}@${host}/`,
    `${password}@${host}/charts`,
    `oci://${host}@${password}.example/`,
    `oci://${host}/charts@${password}`,
    `oci://AWS:a/${password}@${host}/`,
  ],
  'a url that is not of an ECR registry': [
    `oci://${password}.example/charts`,
    `${host}.${password}.example/`,
    `oci://${password}.example/${host}/`,
    `oci://${password}.example#/${host}/`,
    `oci://${host}.`,
    `oci://${host}:443/charts`,
    `oci://${host}:${password}/charts`,
    `oci://${host.toUpperCase()}/charts`,
    `OCI://${host}/charts`,
    `http://${host}/charts`,
    `ssh://${host}/charts`,
    `git://${host}/charts`,
    `oci:${host}/charts`,
    `oci:///${host}/charts`,
    `//${host}/charts`,
    `/${host}/charts`,
    `oci://oci://${host}/`,
    `oci://https://${host}/`,
    `oci://${host}?${password}`,
    `oci://${host}#${password}`,
    `oci://${host}/?${password}`,
    `oci://${host}/charts#${password}`,
    `oci://${host}/%2e%2e/${password}`,
    `oci://${host}%2f.${password}.example/`,
    `oci://${host}/charts/../${password}`,
    `oci://${host}/..`,
    `oci://${host}/../`,
    `oci://${host}//${password}.example`,
    `oci://${host}/.git`,
    `oci://${host}\\.${password}.example/`,
    `oci://${host}/\\${password}`,
    ` oci://${host}/`,
    `oci://${host}/ `,
    `oci://${host}/\n`,
    `oci://${host} .${password}.example/`,
    `oci://${host}\t/`,
    `oci://${host}/\u0000`,
    `oci://${host}/charts\u200B`,
    `oci://${password}.example/\noci://${host}/`,
    `oci://${host.replaceAll('.', '\uFF0E')}/`,
    `oci://${host.replace('amazonaws', 'amazon\u0430ws')}/`,
    `oci://[${host}]/`,
    '/charts',
    'oci://',
    'oci:///',
    `${'a'.repeat(100_000)}!`,
  ],
  'no url': [''],
  'another type than that of an OCI registry': [],
}

for (const { name, hosts } of kinds) {
  for (const [found, urls] of Object.entries(rejectedUrls)) {
    t.test(`${name}: a Secret with ${found} is rejected, and the message does not quote it`, async t => {
      for (const url of urls) {
        const message = refusal(() => hosts?.(oci(url)))
        t.ok(message.startsWith(`found an ${name} Secret with ${found}; wanted `), `${url.slice(0, 100)}: ${message}`)
        t.notMatch(message, new RegExp(`${password}|${host}`))
        t.ok(message.length < 500)
      }
    })
  }

  t.test(`${name}: only the types of an OCI registry get credentials, and the message does not quote another type`, async t => {
    const url = `${host}/`
    const others = [{}, { type: password }, { type: 'git' }, { type: 'helm' }, { type: 'OCI' }, { type: 'helm', enableOCI: password }]
    for (const fields of [...others, { type: 'helm', enableOCI: 'false' }, { enableOCI: 'true' }, { type: 'git', enableOCI: 'true' }]) {
      const message = refusal(() => hosts?.(data({ ...fields, url })))
      t.match(message, /with another type than that of an OCI registry; wanted type: oci, or type: helm with enableOCI: "true"/)
      t.notMatch(message, password)
    }
  })
}

for (const { name, hosts } of kinds) {
  t.test(`${name}: the example URL in each denial is accepted`, async t => {
    const given = [{ type: 'oci' }, ...['', `oci://AWS@${host}/`, 'oci://ghcr.io/charts'].map(url => ({ type: 'oci', url }))]
    for (const fields of given) {
      const message = refusal(() => hosts?.(data(fields)))
      const [url = ''] = /oci:\/\/[^ ,.]+(?:\.[^ ,.]+)+/.exec(message) ?? []
      t.equal(hosts?.(oci(url)).length, 1, message)
    }
  })

  t.test(`${name}: a Secret without a url is denied like one with an empty url`, async t => {
    t.equal(
      refusal(() => hosts?.(data({ type: 'oci' }))),
      refusal(() => hosts?.(oci(''))),
    )
  })
}

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}
