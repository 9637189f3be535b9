import { existsSync } from 'node:fs'
import t from 'tap'
import { readArguments } from '../arguments.ts'

t.test('each test belongs to one suite', async t => {
  const [unit, command, cluster, e2e] = await Promise.all(
    ['unit', 'command', 'cluster', 'e2e'].map(async suite => (await readArguments([suite])).files),
  )
  t.ok(unit?.includes('scripts/tests/test/arguments.test.ts'))
  t.ok(command?.includes('cronjob/test/gcp-sync/program.test.ts'))
  t.ok(cluster?.includes('deploy/test/render.test.ts'))
  t.ok(e2e?.includes('scripts/e2e/test/install.test.ts'))
  const every = [unit, command, cluster, e2e].flatMap(files => files ?? [])
  t.equal(new Set(every).size, every.length)
  t.ok(every.every(file => existsSync(file)))
})

t.test('files after the suite run instead of all of its files', async t => {
  const file = 'deploy/test/render.test.ts'
  t.match(await readArguments(['cluster', file, '--kubernetes', '1.30']), {
    suite: 'cluster',
    named: true,
    files: [file],
    kubernetes: ['1.30.14'],
  })
  const { files } = await readArguments(['unit', 'scripts/tests/test/*.test.ts', 'scripts/tests/test/report.test.ts'])
  t.equal(files.length, 5, 'a pattern stands for its files, and each runs once')
})

t.test('--short leaves out the long files of the suite e2e, which are otherwise the first', async t => {
  const [all, short] = await Promise.all([readArguments(['e2e']), readArguments(['e2e', '--short'])])
  const left = all.files.length - short.files.length
  t.equal(left, 4)
  t.strictSame(all.files.slice(left).sort(), [...short.files].sort())
  t.ok(all.files.every(file => existsSync(file)))
})

const refused: [args: string[], text: RegExp][] = [
  [['sing'], /^found the suite sing; expected unit, command, cluster, compatibility, e2e$/],
  [['cluster', '--kubernetes', '1.31'], /^found the Kubernetes version 1\.31; expected one of 1\.30, /],
  [['cluster', '--kubernetes', '1.30', '--kubernetes', '1.33'], /^found --kubernetes 2 times/],
  [['cluster', '--short'], /^found --short with the suite cluster; expected it with e2e only$/],
  [['cluster', '--sing'], /--sing/],
  [['unit', 'sing.test.ts'], /^found no file sing\.test\.ts; expected tests/],
]

for (const [args, text] of refused) {
  t.test(`${args.join(' ')}: ${text.source}`, async t => {
    await t.rejects(readArguments(args), { message: text })
  })
}
