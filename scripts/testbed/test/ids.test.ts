import { glob, readFile } from 'node:fs/promises'
import t from 'tap'

t.test('each test bed has an ID of its own, because files share a control plane', async t => {
  const files = await Array.fromAsync(glob('{shared,webhook,cronjob,cli,deploy,scripts}/**/*.ts', { exclude: ['**/node_modules/**'] }))
  const beds = await Promise.all(
    files.map(async file => {
      const text = await readFile(file, 'utf8')
      return [...text.matchAll(/startTestbed\(\{[^}]*?\bid: '([^']+)'/g)].map(([, id = '']) => ({ id, file }))
    }),
  )
  const byId = Map.groupBy(beds.flat(), ({ id }) => id)
  t.ok(byId.size > 30)
  t.strictSame(
    [...byId.values()].filter(({ length }) => length > 1),
    [],
  )
})
