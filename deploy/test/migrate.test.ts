import { execPath } from 'node:process'
import { run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { exampleIn, migratePages, readPage } from '@ecr-anywhere/scripts/docs/migrate-pages.ts'
import { commandFile, NODE_COMPILE_CACHE } from '@ecr-anywhere/scripts/testbed/command.ts'
import { template } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'

for (const page of await migratePages()) {
  test(`${page}: the chart accepts the values that migrate prints`, async t => {
    const { input, args } = exampleIn(await readPage(page))
    const { stdout } = await run(execPath, [commandFile, ...args, '-o', 'json'], { env: { NODE_COMPILE_CACHE }, input })
    const { values } = JSON.parse(stdout)
    t.ok(values.aws.region)
    const { code, stderr } = await template(values)
    t.equal(code, 0, stderr)
  })
}
