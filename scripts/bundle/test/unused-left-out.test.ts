import { join } from 'node:path'
import { build } from 'esbuild'
import t from 'tap'
import { unusedLeftOut } from '../unused-left-out.ts'

/** The package `@a/b` has modules that esbuild alone would keep, because static fields could have effects. */
const modules = {
  'main.js': "import { Used } from '@a/b'\nconsole.log(new Used())\n",
  node_modules: {
    '@a': {
      b: {
        'package.json': '{"name":"@a/b","type":"module","main":"index.js"}',
        'index.js': "export * from './used.js'\nexport * from './unused.js'\n",
        'used.js': "import 'c'\nexport class Used { static kind = make('in use') }\nfunction make(kind) { return kind }\n",
        'unused.js': "export class Unused { static kind = make('nowhere in use') }\nfunction make(kind) { return kind }\n",
        node_modules: { c: { 'package.json': '{"name":"c","type":"module","main":"c.js"}', 'c.js': "globalThis.effect = 'of c'\n" } },
      },
    },
  },
}

t.test('modules of the package that nothing uses are left out, and the packages that it uses keep their effects', async t => {
  const dir = t.testdir(modules)
  const bundled = async (plugins: ReturnType<typeof unusedLeftOut>[]) => {
    const { outputFiles } = await build({ entryPoints: [join(dir, 'main.js')], bundle: true, format: 'esm', write: false, plugins })
    return outputFiles[0]?.text ?? ''
  }
  t.match(await bundled([]), /nowhere in use/)
  const text = await bundled([unusedLeftOut('@a/b')])
  t.match(text, /"in use"/)
  t.match(text, /"of c"/)
  t.notMatch(text, /nowhere in use/)
})
