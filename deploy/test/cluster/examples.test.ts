import { readdir, readFile } from 'node:fs/promises'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import type { Rendered } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t, { type Test } from 'tap'
import { parseAllDocuments } from 'yaml'

const folder = new URL('../../examples/', import.meta.url)
const files = (await readdir(folder)).filter(name => name.endsWith('.yaml')).sort()
/** Kinds that only clusters with Flux have. This test uses only the names of Secrets in them. */
const foreign = ['HelmRepository', 'OCIRepository']

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'examples' })
t.teardown(bed.stop)
for (const name of ['argocd', 'flux-system', 'default']) await bed.namespace(name)

t.equal(files.length, 8)
for (const file of files) {
  t.test(`deploy/examples/${file}: its Secrets get credentials, and the other objects refer to them by name`, async t => {
    const documents = parseAllDocuments(await readFile(new URL(file, folder), 'utf8'))
    for (const { errors } of documents) t.same(errors, [])
    const objects = documents.map(document => document.toJS() as Rendered)
    const secrets = objects.filter(({ kind }) => kind === 'Secret')
    const others = objects.filter(({ kind }) => kind !== 'Secret')
    const stored = manifests(...secrets)
    await must(kubectl('apply', '-f', '-', stored))
    // Other files share this cluster, and its namespace default.
    t.teardown(() => kubectl('delete', '--ignore-not-found', '-f', '-', stored))
    for (const { metadata } of secrets) await provedToOpen(t, metadata)
    for (const other of others) {
      t.same(
        secretsOf(other),
        secrets.map(({ metadata }) => metadata.name),
      )
      t.equal(other.metadata.namespace, secrets[0]?.metadata.namespace)
      if (foreign.includes(other.kind)) t.equal(other.apiVersion, 'source.toolkit.fluxcd.io/v1')
      else
        t.equal(
          await must(kubectl('apply', '--dry-run=server', '-o', 'name', '-f', '-', manifests(other))).then(name => name.length > 0),
          true,
        )
    }
    for (const { items } of mounts(others)) t.same(items, [{ key: '.dockerconfigjson', path: 'config.json' }])
  })
}

t.test('one label makes a Secret of argo-ecr-auth managed, and the Secret keeps all its keys', async t => {
  const stringData = { enableOCI: 'true', name: 'ecr', password: 'long expired', type: 'helm', url: ownRegistry, username: 'AWS' }
  const metadata = { namespace: 'argocd', name: 'left-behind', labels: { 'argocd.argoproj.io/secret-type': 'repository' } }
  await must(kubectl('apply', '-f', '-', manifests({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata, stringData })))
  await must(kubectl('label', 'secret', '-n', 'argocd', 'left-behind', 'ecr-anywhere.centml.ai/managed=true'))
  const { text, digests } = await provedToOpen(t, metadata)
  t.same(Object.keys(digests).sort(), Object.keys(stringData).sort())
  for (const [key, value] of Object.entries(stringData)) if (key !== 'password') t.equal(text(key), value, key)
})

async function provedToOpen(test: Test, { namespace = '', name }: { namespace?: string; name: string }) {
  const stored = await storedSecret(cluster, { namespace, name })
  test.equal(stored.annotations[annotations.injectedRegistries], ownRegistry)
  test.equal(await pullStatus(bed.emulator, ownRegistry, stored.login(ownRegistry)), 200, name)
  return stored
}

function secretsOf(object: Rendered): string[] {
  const references = [object.spec?.secretRef, ...(object.imagePullSecrets ?? [])].flatMap(reference => reference?.name ?? [])
  return [...references, ...mounts([object]).map(({ secretName }) => secretName)]
}

function mounts(objects: readonly Rendered[]): { secretName: string; items: object[] }[] {
  return objects.flatMap(({ spec }) => (spec?.template?.spec ?? spec)?.volumes ?? []).flatMap(({ secret }) => secret ?? [])
}
