import t from 'tap'
import { annotations, labels } from '../src/names.ts'
import { pullSecret, wantedPullSecret } from '../src/pull-secret.ts'

const namespace = (secret?: string, value: string | undefined = 'enabled', isBeingDeleted = false) => ({
  labels: value === 'none' ? {} : { [labels.namespace]: value },
  annotations: secret === undefined ? {} : { [annotations.pullSecret]: secret },
  isBeingDeleted,
})

t.test('a namespace gets the Secret of its annotation, or else the default, or none', async t => {
  t.strictSame(wantedPullSecret(namespace('own'), 'default'), { name: 'own' })
  t.strictSame(wantedPullSecret(namespace('own'), undefined), { name: 'own' })
  for (const name of ['a', '0', 'a.b', 'a--b.0-c', 'x'.repeat(253)])
    t.strictSame(wantedPullSecret(namespace(name), undefined), { name }, name)
  t.strictSame(wantedPullSecret(namespace(), 'default'), { name: 'default' })
  t.equal(wantedPullSecret(namespace(), undefined), undefined)
})

t.test('a namespace that is not enabled, or is being deleted, gets none', async t => {
  t.equal(wantedPullSecret(namespace('own', 'none'), 'default'), undefined)
  t.equal(wantedPullSecret(namespace('own', 'enabled', true), 'default'), undefined)
})

t.test('a name that is not valid is a problem that says what to do', async t => {
  for (const name of ['', 'A', '-a', 'a/b', 'a b', 'a..b', 'a.-b', 'a-.b', '.a', 'a.', 'a\n', 'x'.repeat(254)]) {
    const wanted = wantedPullSecret(namespace(name), 'default')
    t.match(
      wanted,
      {
        problem: {
          kind: 'input',
          message: /found the annotation .*pull-secret=".*" on the namespace; wanted the name of a Secret: .* Correct/,
        },
      },
      name,
    )
  }
})

t.test('at most 80 characters of a name are shown', async t => {
  for (const [given, shown] of [
    ['A'.repeat(80), `"${'A'.repeat(80)}"`],
    ['A'.repeat(81), `"${'A'.repeat(80)}…"`],
  ] as const)
    t.match(wantedPullSecret(namespace(given), undefined), { problem: { message: `pull-secret=${shown} on` } })
})

t.test('the Secret has no data', async t => {
  t.strictSame(pullSecret('n', 's'), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'n', name: 's', labels: { [labels.managed]: 'true' } },
    type: 'kubernetes.io/dockerconfigjson',
  })
})
