import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

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
  ['type helm with only a host', { ...helm, url: ownRegistry }],
  ['type helm with a path', { ...helm, url: `${ownRegistry}/charts` }],
  ['type helm with oci://', { ...helm, url: `oci://${ownRegistry}/charts`, name: 'ecr', project: 'team-a' }],
  ['type oci', { type: 'oci', url: `oci://${ownRegistry}/manifests/app` }],
  ['type helm in the form of argo-ecr-auth', { ...helm, name: 'ecr', password: '', url: ownRegistry, username: 'AWS' }],
]

for (const secretType of ['repository', 'repo-creds']) {
  for (const [at, [about, fields]] of cases.entries()) {
    // Argo CD matches repo-creds by prefix, so the host alone would also match longer hosts.
    const isHost = secretType === 'repo-creds' && fields.url === ownRegistry
    const stringData = isHost ? { ...fields, url: `${ownRegistry}/` } : fields
    t.test(`${secretType}, ${about}: username and password are injected, kept and renewed, and other keys do not change`, async t => {
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

const password = 'hunter2-of-a-url'
const helmHost = { ...helm, url: ownRegistry }
const refused: [about: string, secret: object, says: RegExp][] = [
  ['a Git repository', argo({ type: 'git', url: `https://${password}.example/app.git` }), /wanted type: oci, or type: helm with enableOCI/],
  ['a plain Helm repository', argo({ type: 'helm', url: ownRegistry }), /with another type than that of an OCI registry/],
  ['no url', argo(helm), /with no url; wanted a url such as oci:/],
  ['another registry', argo({ ...helm, url: `${password}.example/charts` }), /with a url that is not of an ECR registry/],
  ['a port', argo({ ...helm, url: `${ownRegistry}:443/charts` }), /with a url that is not of an ECR registry/],
  ['a password in the url', argo({ ...helm, url: `oci://AWS:${password}@${ownRegistry}/charts` }), /a user or a password in its url/],
  ['repo-creds with only a host', argo(helmHost, 'repo-creds'), /wanted a url that continues with a \/ after the host.*Add a \/ to it/],
  [
    'an annotation that contradicts the url',
    argo(helmHost, 'repository', { annotations: { [annotations.registries]: `https://AWS:${password}@public.ecr.aws` } }),
    /one registry in its data, and another in the annotation/,
  ],
  [
    "a basic-auth Secret with Argo CD's label and the url of another registry",
    argo({ ...helm, url: `https://${password}.example` }, 'repository', { type: 'kubernetes.io/basic-auth' }),
    /with a url that is not of an ECR registry/,
  ],
]
for (const [about, secret, says] of refused) {
  t.test(`a Secret is denied with a message that quotes none of its content: ${about}`, async t => {
    const { code, stderr } = await apply(secret)
    t.equal(code, 1)
    t.match(stderr, says)
    t.notMatch(stderr, password)
  })
}

t.test('a repository with only a host cannot become repo-creds', async t => {
  const label = 'argocd.argoproj.io/secret-type=repo-creds'
  const { code, stderr } = await kubectl('label', '--overwrite', 'secret', '-n', namespace, 'repository-0', label)
  t.equal(code, 1)
  t.match(stderr, /Add a \/ to it/)
})

t.test('no log line quotes a url', async t => {
  t.match(bed.webhook().logs(), /"result":"denied"/)
  t.notMatch(bed.webhook().logs(), password)
})

function argo(stringData: Record<string, string>, secretType = 'repository', more: object = {}) {
  return managedSecret({
    namespace,
    name: 'refused',
    type: 'Opaque',
    labels: { 'argocd.argoproj.io/secret-type': secretType },
    stringData,
    ...more,
  })
}
