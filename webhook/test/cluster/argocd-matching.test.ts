import { argoCdMatches } from '@ecr-anywhere/scripts/argo-cd/matching.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { ownRegistry as host, must, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'

const namespace = 'argocd-matching'
const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'argocd-matching' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const helm = { type: 'helm', enableOCI: 'true' }
const oci = { type: 'oci' }
const secrets: [name: string, secretType: string, stringData: Record<string, string>][] = [
  ['host', 'repository', { ...helm, url: host }],
  ['charts', 'repository', { ...helm, url: `${host}/charts` }],
  ['app', 'repository', { ...oci, url: `oci://${host}/manifests/app` }],
  ['any', 'repo-creds', { ...helm, url: `${host}/` }],
  ['team-a', 'repo-creds', { ...helm, url: `${host}/team-a/` }],
  ['any-oci', 'repo-creds', { ...oci, url: `oci://${host}/` }],
  ['team-b-oci', 'repo-creds', { ...oci, url: `oci://${host}/team-b` }],
]
await must(
  kubectl(
    'apply',
    '-f',
    '-',
    manifests(
      ...secrets.map(([name, secretType, stringData]) =>
        managedSecret({ namespace, name, type: 'Opaque', labels: { 'argocd.argoproj.io/secret-type': secretType }, stringData }),
      ),
    ),
  ),
)
const stored = await must(kubectl('get', 'secrets', '-n', namespace, '-o', 'json'))

const cases: [url: string, repository: string | null, template: string | null][] = [
  [host, 'host', null],
  [`${host}/charts`, 'charts', 'any'],
  [`${host}/CHARTS`, 'charts', 'any'],
  [`${host}/charts/nginx`, null, 'any'],
  [`${host}/team-a/app`, null, 'team-a'],
  [`${host}/team-ab/app`, null, 'any'],
  [`oci://${host}/manifests/app`, 'app', 'any-oci'],
  [`oci://${host}/manifests/app2`, null, 'any-oci'],
  [`oci://${host}/team-b/app`, null, 'team-b-oci'],
]

t.test('the code of Argo CD uses our Secrets for the repositories that their URLs mean, and they open the registry', async t => {
  const matches = await argoCdMatches(
    stored,
    cases.map(([url]) => url),
  )
  for (const [at, [url, repository, template]] of cases.entries()) t.strictSame(matches[at], { repository, template }, url)
  const used = new Set(matches.flatMap(({ repository, template }) => [repository ?? [], template ?? []]).flat())
  t.strictSame([...used].sort(), secrets.map(([name]) => name).sort(), 'each Secret is used for one of them')
  for (const name of used)
    t.equal(await pullStatus(bed.emulator, host, (await storedSecret(cluster, { namespace, name })).login(host)), 200, name)
})

const others = [
  `${host}.evil.example`,
  `${host}.evil.example/charts`,
  `oci://${host}.evil.example/manifests/app`,
  `oci://${host}@evil.example/manifests/app`,
  `${host}:443/charts`,
  `${host}@evil.example/charts`,
  `evil.example/${host}/charts`,
  `https://${host}/charts`,
  host.replace('123456789012', '210987654321'),
]

t.test('the code of Argo CD sends the credentials to no other host', async t => {
  const matches = await argoCdMatches(stored, others)
  for (const [at, url] of others.entries()) t.strictSame(matches[at], { repository: null, template: null }, url)
})

t.test('a credential template whose URL is a host alone, which the webhook refuses, would be sent to longer hosts', async t => {
  const labels = { 'argocd.argoproj.io/secret-type': 'repo-creds' }
  const secret = { metadata: { name: 'refused', labels }, data: { url: Buffer.from(host).toString('base64') } }
  const [match] = await argoCdMatches(JSON.stringify({ items: [secret] }), [`${host}.evil.example/charts`])
  t.equal(match?.template, 'refused')
  const refused = managedSecret({ namespace, name: 'refused', type: 'Opaque', labels, stringData: { ...helm, url: host } })
  t.match(await kubectl('apply', '-f', '-', manifests(refused)), { code: 1, stderr: /Add a \/ to it/ })
})
