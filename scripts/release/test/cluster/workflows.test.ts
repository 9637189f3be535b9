import { glob, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { run } from '@ecr-anywhere/scripts/cluster/run.ts'
import t from 'tap'
import { parse } from 'yaml'
import { ensureGoProgram } from '../../go-programs.ts'
import { ensureZizmor } from '../../zizmor.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const files = await Array.fromAsync(glob('.github/workflows/*.yml', { cwd: root }))
const texts = await Promise.all(files.map(file => readFile(`${root}${file}`, 'utf8')))

t.test('actionlint reports no problem in the workflows', async t => {
  t.equal(files.length, 2)
  const { code, stdout, stderr } = await run(await ensureGoProgram('actionlint'), files, { cwd: root })
  t.equal(code, 0, stdout + stderr)
})

const zizmor = await ensureZizmor()
const skip = zizmor === undefined && 'this machine has no Python with pip, which installs zizmor'
t.test('zizmor reports no problem in the workflows with the persona of an auditor', { skip }, async t => {
  const { code, stdout, stderr } = await run(zizmor ?? '', ['--offline', '--no-progress', '--persona=auditor', ...files], { cwd: root })
  t.equal(code, 0, stdout + stderr)
})

t.test('every action is pinned by its digest, and no workflow has permissions except those of a job', async t => {
  for (const text of texts) {
    for (const [, uses] of text.matchAll(/^ +- uses: (.+)$/gm)) t.match(uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    t.strictSame(parse(text).permissions, {})
  }
})

t.test('pull requests run .ci/run, and tags run make release', async t => {
  const workflows = texts.map(text => parse(text) as { on: { pull_request?: null; push?: { tags?: string[] } }; jobs: object })
  const runs = workflows.map(({ on, jobs }) => ({ on, text: JSON.stringify(jobs) }))
  t.ok(runs.some(({ on, text }) => 'pull_request' in on && text.includes('"run":".ci/run"')))
  t.ok(runs.some(({ on, text }) => on.push?.tags?.includes('v*') === true && text.includes('make release REGISTRY=')))
})
