import { base, merged, ofKind, type Rendered, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { variants } from './variants.ts'

const all = Object.entries(variants)

test('each hook is deleted whether it succeeds or fails, because `helm uninstall` deletes no hooks', async t => {
  for (const [name, values] of all) {
    for (const { kind, metadata } of (await render(values)).filter(({ metadata }) => metadata.annotations?.['helm.sh/hook']))
      t.equal(
        metadata.annotations?.['helm.sh/hook-delete-policy'],
        'before-hook-creation,hook-succeeded,hook-failed',
        `${name}: ${kind}/${metadata.name}`,
      )
  }
})

test('a missing namespace is detected before anything is created in a namespace', async t => {
  const values = merged(base, {
    refresh: { namespaces: ['default', 'kube-system'] },
    secrets: [
      { namespace: 'default', name: 'a' },
      { namespace: 'kube-system', name: 'a' },
    ],
  })
  for (const [given, namespaces] of [
    [values, ['default', 'kube-system']],
    [merged(values, { secrets: [] }), ['default', 'kube-system']],
    [merged(values, { refresh: { namespaces: [] } }), ['default', 'kube-system']],
    [base, []],
  ] as const) {
    const before = (await render(given)).filter(({ metadata }) => hookOf(metadata).event.startsWith('pre-'))
    const first = Math.min(...before.map(({ metadata }) => hookOf(metadata).weight))
    const events = ofKind(before, 'Event')
    t.strictSame(
      events.map(({ metadata }) => metadata.namespace),
      namespaces,
    )
    for (const { metadata } of events) t.equal(hookOf(metadata).weight, first)
    const others = before.filter(({ kind, metadata }) => kind !== 'Event' && hookOf(metadata).weight === first)
    if (events.length > 0) t.strictSame(others, [], 'no other object is created in these namespaces')
  }
})

test('every object that the Secrets Job needs is a hook that is created before it', async t => {
  const objects = (await render(variants['Secrets and Roles only'] ?? {})).filter(
    ({ metadata }) => metadata.name === 'ecr-anywhere-secrets',
  )
  t.strictSame([...new Set(objects.map(({ kind }) => kind))].sort(), ['ConfigMap', 'Job', 'Role', 'RoleBinding', 'ServiceAccount'])
  const [job] = ofKind(objects, 'Job').map(({ metadata }) => hookOf(metadata))
  for (const { kind, metadata } of objects) {
    const { event, weight } = hookOf(metadata)
    t.equal(event, job?.event)
    t.ok(kind === 'Job' || weight < Number(job?.weight), kind)
  }
})

function hookOf({ annotations = {} }: Rendered['metadata']): { event: string; weight: number } {
  return { event: annotations['helm.sh/hook'] ?? '', weight: Number(annotations['helm.sh/hook-weight']) }
}
