import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import t from 'tap'
import { kubernetesVersions } from '../../cluster/versions.ts'

const root = resolve(import.meta.dirname, '../../..')

t.test('the table of the page has a row for each supported version, and marks those that .ci/run tests', async t => {
  const rows = [
    ...(await readFile(resolve(root, 'docs/reference/kubernetes-versions.md'), 'utf8')).matchAll(/^\| (\d+\.\d+\.\d+) \| .+ \| (.+) \|$/gm),
  ]
  t.same(rows.map(([, version]) => version).sort(), Object.values(kubernetesVersions).sort())
  const byCi = rows.flatMap(([, version, by = '']) => (by.startsWith('`.ci/run`') ? [version] : [])).sort()
  const options = (await readFile(resolve(root, '.ci/run'), 'utf8')).matchAll(/--kubernetes (\S+)/g)
  const named = [...options].map(([, minor]) => kubernetesVersions[minor as keyof typeof kubernetesVersions])
  t.same(named.sort(), byCi)
})
