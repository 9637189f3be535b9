import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { admissionsDuring } from '../../../scripts/testbed/admissions.ts'
import { clusterFor } from '../../../scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '../../../scripts/testbed/manifest.ts'
import { pullStatus } from '../../../scripts/testbed/pull.ts'
import { storedSecret } from '../../../scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '../../../scripts/testbed/testbed.ts'

const namespace = 'argocd-kinds'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'argocd-kinds' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const manifest = (name: string, secretType: string, stringData: Record<string, string>, notes: Record<string, string> = {}) =>
  managedSecret({
    namespace,
    name,
    type: 'Opaque',
    labels: { 'argocd.argoproj.io/secret-type': secretType },
    stringData,
    annotations: notes,
  })
const apply = (secret: object) => kubectl('apply', '--server-side', '-f', '-', manifests(secret))
const helm = { type: 'helm', enableOCI: 'true' }
const cases: [about: string, stringData: Record<string, string>][] = [
  ['helm, the host alone', { ...helm, url: ownRegistry }],
  ['helm, a path', { ...helm, url: `${ownRegistry}/charts` }],
  ['helm, oci://', { ...helm, url: `oci://${ownRegistry}/charts`, name: 'ecr', project: 'team-a' }],
  ['oci', { type: 'oci', url: `oci://${ownRegistry}/manifests/app` }],
  ['oci, the shape of argo-ecr-auth', { ...helm, name: 'ecr', password: '', url: ownRegistry, username: 'AWS' }],
]

for (const secretType of ['repository', 'repo-creds']) {
  for (const [at, [about, stringData]] of cases.entries()) {
    t.test(`${secretType}: ${about}: username and password are filled in, kept, and renewed; the other keys stay`, async t => {
      const name = `${secretType}-${at}`
      const secret = manifest(name, secretType, stringData)
      t.same(await admissionsDuring(bed.webhook, () => must(apply(secret))), { 'default CREATE injected': 1 })
      const first = await storedSecret(cluster, { namespace, name })
      t.equal(first.text('username'), 'AWS')
      t.equal(await pullStatus(bed.emulator, ownRegistry, first.login(ownRegistry)), 200)
      for (const [key, value] of Object.entries(stringData)) if (key !== 'password') t.equal(first.text(key), value, key)
      const mark = `${annotations.markedForUpdateAt}=${new Date().toISOString()}`
      t.same(await admissionsDuring(bed.webhook, () => must(kubectl('annotate', 'secret', '-n', namespace, name, mark))), {
        'default UPDATE injected': 1,
      })
      t.equal(await pullStatus(bed.emulator, ownRegistry, (await storedSecret(cluster, { namespace, name })).login(ownRegistry)), 200)
    })
  }
}

t.test('a GitOps tool that applies the manifest again changes nothing', async t => {
  const secret = manifest('repository-2', 'repository', cases[2]?.[1] ?? {})
  const before = await storedSecret(cluster, { namespace, name: 'repository-2' })
  t.same(await admissionsDuring(bed.webhook, () => must(apply(secret))), { 'default UPDATE unchanged': 1 })
  t.equal((await storedSecret(cluster, { namespace, name: 'repository-2' })).resourceVersion, before.resourceVersion)
})

const refused: [about: string, stringData: Record<string, string>, says: RegExp, notes?: Record<string, string>][] = [
  [
    'a Git repository',
    { type: 'git', url: 'https://example.com/app.git' },
    /an Argo CD Secret with type \\?"git.*wanted type: oci, or type: helm with enableOCI/,
  ],
  ['a plain Helm repository', { type: 'helm', url: ownRegistry }, /type \\?"helm\\?" with enableOCI/],
  ['no url', { ...helm }, /no host in url; wanted a url such as oci:/],
  ['another registry', { ...helm, url: 'ghcr.io/charts' }, /found the registry \\?"ghcr\.io.*wanted a bare ECR host/],
  [
    'an annotation that contradicts the url',
    { ...helm, url: ownRegistry },
    /in its data, and .* in the annotation/,
    { [annotations.registries]: 'public.ecr.aws' },
  ],
]
for (const [about, stringData, says, notes] of refused) {
  t.test(`denied with a sentence: ${about}`, async t => {
    const { code, stderr } = await apply(manifest('refused', 'repository', stringData, notes))
    t.equal(code, 1)
    t.match(stderr, says)
  })
}
