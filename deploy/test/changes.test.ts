import { readFile } from 'node:fs/promises'
import { newestChanges, withChanges } from '@ecr-anywhere/scripts/docs/chart-changes.ts'
import { chartDir } from '@ecr-anywhere/scripts/docs/chart-values.ts'
import { test } from 'tap'

test('Chart.yaml contains the newest section of the CHANGELOG (if not, run `npm run docs`)', async t => {
  const chart = await readFile(new URL('Chart.yaml', chartDir), 'utf8')
  t.equal(chart, withChanges(chart, await readFile(new URL('../../CHANGELOG.md', import.meta.url), 'utf8')))
})

test('the kind of a change comes from its heading, and its description contains all of its lines', t => {
  const text =
    '# Changelog\n\n## Unreleased\n- Plain.\n\n### Fixed\n- A thing:\n  "quoted".\n- Another.\n\n### Odd\n- Odd.\n\n## 0.1.0\n- Old.\n'
  t.strictSame(newestChanges(text), [
    { kind: 'changed', description: 'Plain.' },
    { kind: 'fixed', description: 'A thing: "quoted".' },
    { kind: 'fixed', description: 'Another.' },
    { kind: 'changed', description: 'Odd.' },
  ])
  t.end()
})

test('a CHANGELOG without sections changes nothing', t => {
  t.strictSame(newestChanges('# Changelog\n'), [])
  t.end()
})
