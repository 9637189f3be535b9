import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { imageFile } from '../../image/image.ts'

const root = resolve(import.meta.dirname, '../../..')
const page = await readFile(resolve(root, 'docs/getting-started/local-clusters.md'), 'utf8')

t.test('each kind of cluster loads the archive that `make image` writes', async t => {
  const loads = [...page.matchAll(/^\| (\w+) \| `.+` \| `(.+)` \|$/gm)]
  t.same(
    loads.map(([, name]) => name),
    ['kind', 'k3d', 'minikube', 'k3s'],
  )
  for (const [, name, load = ''] of loads) t.equal(load.split(' ').at(-1), relative(root, imageFile), `the archive for ${name}`)
})

t.test('the values on the page exist in the chart', async t => {
  const values: unknown = parse(await readFile(resolve(root, 'deploy/chart/values.yaml'), 'utf8'))
  const paths = [...page.matchAll(/--set ([\w.]+)=/g)].map(([, path = '']) => path)
  t.ok(paths.length > 2)
  for (const path of paths) t.ok(isThere(values, path.split('.')), path)
  t.match(values, { image: { pullPolicy: 'IfNotPresent' }, aws: { existingSecret: { accessKeyIdKey: 'AWS_ACCESS_KEY_ID' } } })
})

function isThere(values: unknown, [first, ...rest]: string[]): boolean {
  if (first === undefined) return true
  return typeof values === 'object' && values !== null && first in values && isThere((values as Record<string, unknown>)[first], rest)
}
