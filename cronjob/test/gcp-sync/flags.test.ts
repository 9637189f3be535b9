import t from 'tap'
import { readFlags } from '../../src/gcp-sync/flags.ts'

t.test('by default the report is text, and what is due is written', async t => {
  t.strictSame(readFlags({}), { dryRun: false, force: false, output: 'text' })
  t.strictSame(readFlags({ dryRun: true, force: true, output: 'json' }), { dryRun: true, force: true, output: 'json' })
})

t.test('an unknown output is refused', async t => {
  t.throws(() => readFlags({ output: 'xml' }), { kind: 'settings', message: /--output: found "xml", wanted text or json/ })
})
