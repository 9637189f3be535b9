import t from 'tap'
import { readFlags } from '../../src/refresh/flags.ts'

t.test('flags have defaults', async t => {
  t.strictSame(readFlags({}), { dryRun: false, force: false, namespace: undefined, output: 'text' })
  t.strictSame(readFlags({ dryRun: true, force: true, namespace: 'team-a', output: 'json' }), {
    dryRun: true,
    force: true,
    namespace: 'team-a',
    output: 'json',
  })
})

t.test('an invalid namespace name and an unknown output are rejected together', async t => {
  for (const namespace of ['', 'Team', 'a b', 'a/secrets', '..', '-a', 'a-', 'x'.repeat(64)]) {
    t.throws(() => readFlags({ namespace }), { kind: 'settings', message: /--namespace: found ".*", wanted the name of a namespace/ })
  }
  t.throws(() => readFlags({ output: 'xml', namespace: '.' }), {
    kind: 'settings',
    message: /2 faulty options: --output, --namespace; wanted .*$/,
  })
})
