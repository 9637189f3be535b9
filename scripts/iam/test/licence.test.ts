import { glob, readFile } from 'node:fs/promises'
import t from 'tap'

const root = new URL('../../../', import.meta.url)
const agpl = /@cloud-copilot\//

t.test('the simulator, which has the licence AGPL, is named only by tools and tests', async t => {
  const exclude = (path: string) => /node_modules|\/test\//.test(path)
  const paths = await Array.fromAsync(glob('{shared,webhook,cronjob,cli,deploy}/**/*.{ts,json}', { cwd: root, exclude }))
  t.ok(paths.length > 100)
  for (const path of paths) t.notMatch(await readFile(new URL(path, root), 'utf8'), agpl, path)
})

t.test('the workspaces of the product do not depend on the workspace that does', async t => {
  for (const workspace of ['shared', 'webhook', 'cronjob', 'cli']) {
    const { dependencies = {} } = JSON.parse(await readFile(new URL(`${workspace}/package.json`, root), 'utf8'))
    t.notOk('@ecr-anywhere/scripts' in dependencies, workspace)
  }
})
