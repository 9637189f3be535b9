import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { base, merged, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { test } from 'tap'

const prefix = 'ecr-anywhere.centml.ai'
/** All annotations that a Secret may have. */
const ofSecrets = Object.fromEntries(
  Object.values(annotations)
    .filter(key => key !== annotations.pullSecret)
    .map(key => [key, 'a']),
)
const ourWarning = /ecr-anywhere: found .*/

test('an object with a misspelt key under our prefix is stored, and its author gets a warning', async t => {
  const { kubectl, kubeconfig } = await clusterFor(t)
  const { request, close } = await apiUser(kubeconfig)
  t.teardown(close)
  const rendered = await render(merged(base, { tenants: [{ name: 'team-a' }] }))
  const spelling = manifests(...rendered.filter(({ metadata }) => metadata.name === 'ecr-anywhere-spelling'))
  t.teardown(() => kubectl('delete', '-f', '-', spelling))
  await must(kubectl('apply', '-f', '-', spelling))

  /** Creates an object in a dry run. @returns our warnings, without the prefix that the API server adds to each */
  async function warned(kind: 'Secret' | 'Namespace', metadata: object): Promise<string[]> {
    const path = pathOf({ apiVersion: 'v1', kind, namespace: kind === 'Secret' ? 'default' : undefined })
    const body = JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: 'spelt', ...metadata } })
    const { status, warnings } = await request({ method: 'POST', path: `${path}?dryRun=All`, body })
    t.equal(status, 201, JSON.stringify(metadata))
    return warnings.flatMap(warning => ourWarning.exec(warning)?.[0] ?? [])
  }
  await until('the policy is in force', async () => (await warned('Secret', { labels: { [labels.managed]: 'yes' } })).length > 0)

  const found: [kind: 'Secret' | 'Namespace', metadata: object, ...warnings: string[]][] = [
    ...['True', 'enabled', 'yes', ''].map(
      value =>
        [
          'Secret',
          { labels: { [labels.managed]: value } },
          `found the label ${prefix}/managed=${value}; expected true. This Secret gets no credentials.`,
        ] as ['Secret', object, string],
    ),
    [
      'Secret',
      { labels: { [`${prefix}/manage`]: 'true' } },
      `found the label ${prefix}/manage, which has no meaning here; expected ${prefix}/managed.`,
    ],
    [
      'Secret',
      { annotations: { [`${prefix}/registry`]: 'public.ecr.aws' } },
      `found the annotation ${prefix}/registry, which has no meaning here; expected ${prefix}/registries.`,
    ],
    [
      'Secret',
      { labels: { [annotations.registries]: 'public.ecr.aws' }, annotations: { [labels.managed]: 'true' } },
      `found the label ${prefix}/registries, which has no meaning here; expected ${prefix}/managed.`,
      `found the annotation ${prefix}/managed, which has no meaning here; expected ${prefix}/registries.`,
    ],
    [
      'Namespace',
      { labels: { [labels.namespace]: 'true' } },
      `found the label ${prefix}/namespace=true; expected enabled, or the name of a tenant.`,
    ],
    [
      'Namespace',
      { labels: { [labels.attach]: 'no' }, annotations: { [annotations.pullSecret]: 'Regcred' } },
      `found the label ${prefix}/attach=no; expected false. It has no effect.`,
      `found an annotation ${prefix}/pull-secret that is not the name of a Secret. No pod gets it.`,
    ],
    [
      'Secret',
      { labels: { [labels.attach]: 'false' }, annotations: { [annotations.pullSecret]: 'regcred' } },
      `found the label ${prefix}/attach, which has no meaning here; expected ${prefix}/managed.`,
      `found the annotation ${prefix}/pull-secret, which has no meaning here; expected ${prefix}/registries.`,
    ],
    [
      'Namespace',
      { labels: { [labels.managed]: 'true' }, annotations: { [labels.namespace]: 'enabled' } },
      `found the label ${prefix}/managed, which has no meaning here; expected ${prefix}/namespace.`,
      `found the annotation ${prefix}/namespace, which has no meaning here; expected ${prefix}/pull-secret.`,
    ],
  ]
  for (const [kind, metadata, ...warnings] of found) {
    const found = await warned(kind, metadata)
    t.same(found.sort(), warnings.map(warning => `ecr-anywhere: ${warning}`).sort())
    // If there are many warnings, the API server truncates each to 256 characters. Its own prefix has 105 characters.
    for (const one of found) t.ok(one.length <= 150, one)
  }

  const silent: [kind: 'Secret' | 'Namespace', metadata: object][] = [
    ['Secret', {}],
    ['Secret', { labels: { app: 'a', 'other.example/managed': 'True' }, annotations: { 'other.example/registry': 'a' } }],
    ['Secret', { labels: { [labels.managed]: 'false' } }],
    ['Secret', { labels: { [labels.probe]: 'true' }, annotations: ofSecrets }],
    ...['enabled', 'default', 'team-a'].map(value => ['Namespace', { labels: { [labels.namespace]: value } }] as ['Namespace', object]),
    ['Namespace', { labels: { [labels.attach]: 'false' }, annotations: { [annotations.pullSecret]: 'ecr-pull' } }],
    ['Namespace', { labels: { [labels.attach]: 'true' }, annotations: { [annotations.pullSecret]: 'ecr.pull' } }],
  ]
  for (const [kind, metadata] of silent) t.same(await warned(kind, metadata), [], JSON.stringify(metadata))
})
