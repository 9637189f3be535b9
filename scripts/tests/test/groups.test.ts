import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { grouped, groupSource, needsOwnProcess, withoutGroup, writeGroups } from '../groups.ts'

const plain = { source: "import t from 'tap'\nt.test('a', async t => t.teardown(() => {}))\n" }

t.test('the files of a folder run in one process', async t => {
  const files = ['webhook/test/a.test.ts', 'webhook/test/tokens/b.test.ts', 'webhook/test/tokens/c.test.ts']
  t.same(grouped(files.map(path => ({ path, ...plain }))), [
    { folder: 'webhook/test', files: ['webhook/test/a.test.ts'] },
    { folder: 'webhook/test/tokens', files: ['webhook/test/tokens/b.test.ts', 'webhook/test/tokens/c.test.ts'] },
  ])
})

const own: [about: string, source: string][] = [
  ['runs its tests side by side', 't.jobs = 4'],
  ['has a hook for all tests', 't.beforeEach(() => server.reset())'],
  ['ends something after all tests', 't.teardown(() => server.stop())'],
  ['changes the environment', "  process.env.HOME = '/tmp'"],
]
for (const [about, line] of own) {
  t.test(`a file that ${about} runs in a process of its own`, async t => {
    const source = `import t from 'tap'\n${line}\n`
    t.ok(needsOwnProcess(source))
    const files = [
      { path: 'cli/test/a.test.ts', source },
      { path: 'cli/test/b.test.ts', ...plain },
      { path: 'cli/test/c.test.ts', ...plain },
    ]
    t.same(
      grouped(files).map(group => group.files),
      [['cli/test/b.test.ts', 'cli/test/c.test.ts'], ['cli/test/a.test.ts']],
    )
  })
}

t.test('a file that reads the environment, or ends something in one test, shares a process', async t => {
  t.notOk(needsOwnProcess(plain.source))
  t.notOk(needsOwnProcess("const home = process.env.HOME\nif (process.env.HOME === '/') throw new Error()\n"))
})

t.test('the program of a group loads one file after the other', async t => {
  const group = { folder: 'cli/test', files: ['cli/test/a.test.ts', 'cli/test/b.test.ts'] }
  const imported = (file: string) => `await import('../../../${file}')\n`
  t.equal(groupSource(group, '.tap/groups/cli/test.ts'), group.files.map(imported).join(''))
})

t.test('a group is written as a file, a single file is run as it is, and what an earlier run wrote is removed', async t => {
  const dir = t.testdir({ a: { 'one.test.ts': '', 'two.test.ts': '' }, b: { 'one.test.ts': '' }, groups: { 'old.ts': '' } })
  const files = ['a/one.test.ts', 'a/two.test.ts', 'b/one.test.ts'].map(file => join(dir, file))
  const runs = await writeGroups(files, join(dir, 'groups'))
  t.equal(runs.length, 2)
  t.equal(runs[1], files[2])
  t.match(await readFile(String(runs[0]), 'utf8'), /one\.test\.ts'\)\nawait import\('.*two\.test\.ts'\)\n$/)
  await t.rejects(readFile(join(dir, 'groups', 'old.ts')), { code: 'ENOENT' })
})

t.test('a group is shown by its folder', async t => {
  t.equal(withoutGroup('.tap/groups/cli/test/export.ts'), 'cli/test/export/')
  t.equal(withoutGroup('.tap/groups/cli/test.ts > a title.ts'), 'cli/test/ > a title.ts')
  t.equal(withoutGroup('cli/test/export/a.test.ts > a title'), 'cli/test/export/a.test.ts > a title')
})
