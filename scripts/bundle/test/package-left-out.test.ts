import { join } from 'node:path'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import { packageLeftOut } from '../package-left-out.ts'

const modules = {
  'main.js': "import { used } from 'a'\nimport { all } from 'b'\nconsole.log(used, all)\n",
  node_modules: {
    a: {
      'package.json': '{"name":"a","type":"module","main":"a.js"}',
      'a.js': "import { all } from 'b'\nexport const used = () => all()\n",
    },
    b: { 'package.json': '{"name":"b","type":"module","main":"b.js"}', 'b.js': "export const all = () => 'all of b'\n" },
  },
}

async function bundled(t: Test, usedBy: string): Promise<string> {
  const dir = t.testdir(modules)
  const plugins = [packageLeftOut('b', { usedBy, exports: ['all'] })]
  const { outputFiles } = await build({ entryPoints: [join(dir, 'main.js')], bundle: true, format: 'esm', write: false, plugins })
  return outputFiles[0]?.text ?? ''
}

t.test('what the package imports throws when it is used, and other importers keep it', async t => {
  const text = await bundled(t, 'a')
  t.match(text, /b is not in this bundle: all/)
  t.match(text, /all of b/)
})

t.test('without that package, nothing is left out', async t => {
  t.notMatch(await bundled(t, 'c'), /not in this bundle/)
})
