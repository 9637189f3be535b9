import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { maxReportBytes } from '@ecr-anywhere/shared/refresh-report.ts'
import t, { type Test } from 'tap'
import { serveStatusDir } from '../../src/files/status-dir.ts'
import type { RefreshStatus } from '../../src/refresh-status.ts'

const at = '2026-01-01T12:00:00Z'
const start = JSON.stringify({ version: 1, startedAt: at })
const report = (failed: boolean) => JSON.stringify({ version: 1, startedAt: at, finishedAt: at, failed })

async function served(t: Test, dir: string) {
  const statuses: RefreshStatus[] = []
  const problems: string[] = []
  const stop = await serveStatusDir({
    dir,
    onStatus: status => void statuses.push(status),
    onProblem: problem => void problems.push(problem),
  })
  t.teardown(stop)
  return { statuses, problems }
}

/** As kubelet does: a folder beside, then one step that replaces the link. */
async function mount(dir: string, version: string, files: Record<string, string>): Promise<void> {
  await mkdir(join(dir, version))
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, version, name), text)
  await symlink(version, join(dir, '..data_tmp'))
  await rename(join(dir, '..data_tmp'), join(dir, '..data'))
  for (const name of Object.keys(files)) await symlink(join('..data', name), join(dir, name)).catch(() => {})
}

t.test('an optional ConfigMap that does not exist yet is absent, and is no problem; it is loaded once kubelet mounts it', async t => {
  const dir = t.testdir({})
  const { statuses, problems } = await served(t, dir)
  t.strictSame(statuses, [{ state: 'absent' }])
  await mount(dir, '..1', { 'start.json': start, 'report.json': report(true) })
  await until('it is loaded', async () => statuses.at(-1)?.report?.failed === true)
  await mount(dir, '..2', { 'start.json': start, 'report.json': report(false) })
  await until('it is loaded again', async () => statuses.at(-1)?.report?.failed === false)
  t.strictSame(problems, [])
})

t.test('a folder that is missing is absent', async t => {
  const { statuses, problems } = await served(t, join(t.testdir({}), 'nowhere'))
  t.strictSame([statuses, problems], [[{ state: 'absent' }], []])
})

const unreadable: [about: string, files: Parameters<Test['testdir']>[0], state: string, problem: RegExp][] = [
  [
    'of another program',
    { 'report.json': '{"hunter2":1}' },
    'foreign',
    /^found a ConfigMap ecr-anywhere-status .*: it is not of version 1/,
  ],
  ['no file', { 'report.json': {} }, 'broken', /EISDIR/],
  ['too long', { 'report.json': ' '.repeat(maxReportBytes + 1) }, 'broken', /it has \d+ bytes, more than \d+/],
]

for (const [about, files, state, problem] of unreadable) {
  t.test(`a report that is ${about} is ${state}, and is reported once, without its content`, async t => {
    const { statuses, problems } = await served(t, t.testdir(files))
    t.match(statuses, [{ state }])
    t.match(problems, [problem])
    t.notMatch(problems[0], 'hunter2')
  })
}
