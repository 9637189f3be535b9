import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBinaries } from '@ecr-anywhere/scripts/cluster/build.ts'
import { run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { blocksRunBy } from '@ecr-anywhere/scripts/docs/block-marks.ts'
import { blocksOf } from '@ecr-anywhere/scripts/docs/markdown.ts'
import { readPages, root } from '@ecr-anywhere/scripts/docs/pages.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import type { Rendered } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { parseAllDocuments } from 'yaml'

/** What some commands must print. The others must only succeed. */
const outputs: [command: string, output: RegExp][] = [
  ['kubectl get --raw /.well-known/openid-configuration\n', /"issuer":"https:/],
  ['kubectl get secret ecr-pull', /^\d{4}-\d{2}-\d{2}T/],
  ['kubectl apply -f deploy/examples/serviceaccount.yaml', /serviceaccount\/app/],
]

const cluster = await clusterFor(t)
const { kubectl, kubeconfig } = cluster
const bed = await startTestbed({ cluster, id: 'pages' })
t.teardown(bed.stop)
for (const name of ['default', 'argocd', 'flux-system', 'team-a']) await bed.namespace(name)
await must(kubectl('apply', '-f', '-', manifests({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ecr-anywhere' } })))
t.teardown(() => kubectl('delete', 'namespace', 'ecr-anywhere', '--wait=false'))
const examples = ['serviceaccount', 'argocd-repository', 'argocd-repo-creds'].flatMap(name => [
  '-f',
  join(root, `deploy/examples/${name}.yaml`),
])
t.teardown(() => kubectl('delete', '--ignore-not-found', ...examples))
// Nothing creates it on a control plane without controllers.
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } }
await must(kubectl('apply', '-f', '-', manifests(account)))
t.teardown(() => kubectl('delete', 'serviceaccount', 'default', '-n', 'default'))

const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-pages-'))
t.teardown(() => rm(dir, { recursive: true }))
await symlink(join(root, 'deploy'), join(dir, 'deploy'))
await symlink(join(await ensureBinaries('controlplane'), 'kubectl'), join(dir, 'kubectl'))
const env = { PATH: `${dir}:${process.env.PATH}`, HOME: dir, KUBECONFIG: kubeconfig, AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B' }

const pages = [...(await readPages())].map(
  ([page, text]) => [page, blocksRunBy('deploy/test/cluster/pages.test.ts', blocksOf(text))] as const,
)
const found = pages.filter(([, blocks]) => blocks.length > 0)
t.ok(found.length > 5)

// The first page creates what the others use.
for (const [page, blocks] of found.toSorted(([one]) => (one.endsWith('getting-started/README.md') ? -1 : 1))) {
  t.test(`${page}: the commands of the page work`, async t => {
    for (const { text, line } of blocks) {
      const { code, stdout, stderr } = await run('sh', ['-euc', text], { cwd: dir, env })
      t.equal(code, 0, `${page}:${line}: ${stderr}`)
      for (const [command, output] of outputs) if (`${text}\n`.includes(command)) t.match(stdout, output, command)
    }
  })
}

const secrets = [...(await readPages())].flatMap(([page, text]) =>
  blocksOf(text)
    .filter(({ language }) => language === 'yaml')
    .flatMap(({ text: yaml }) => parseAllDocuments(yaml).map(document => document.toJS() as Rendered))
    .flatMap(object =>
      object.kind === 'Secret' && object.apiVersion === 'v1' && object.metadata.labels?.[labels.managed] ? [{ page, object }] : [],
    ),
)
t.ok(secrets.length > 2)
for (const { page, object } of secrets) {
  t.test(`${page}: the Secret ${object.metadata.name} gets credentials`, async t => {
    await must(kubectl('apply', '-f', '-', manifests(object)))
    t.teardown(() => kubectl('delete', 'secret', object.metadata.name, '-n', object.metadata.namespace ?? 'default'))
    const { metadata } = JSON.parse(
      await must(kubectl('get', 'secret', object.metadata.name, '-n', object.metadata.namespace ?? 'default', '-o', 'json')),
    )
    t.equal(metadata.annotations[annotations.injectedRegistries], object.metadata.annotations?.[annotations.registries])
  })
}

t.test('afterwards the Secret has the registries of the annotation that a page sets', async t => {
  const { metadata } = JSON.parse(await must(kubectl('get', 'secret', 'ecr-pull', '-n', 'default', '-o', 'json')))
  t.equal(metadata.annotations[annotations.injectedRegistries].split(',').length, 2)
})
