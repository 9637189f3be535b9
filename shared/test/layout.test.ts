import { glob, readFile } from 'node:fs/promises'
import { breaches, maxLines, testImports, worlds } from '@ecr-anywhere/scripts/tests/layout.ts'
import t from 'tap'
import { version } from '../src/version.ts'

const root = new URL('../../', import.meta.url)
const paths = await Array.fromAsync(glob('{shared,webhook,cronjob,cli}/src/**/*.ts', { cwd: root }))
const files = await Promise.all(paths.map(async path => ({ path, text: await readFile(new URL(path, root), 'utf8') })))

t.test('every source file follows the layout rules', async t => {
  t.ok(files.length > 50)
  t.strictSame(breaches(files), [])
})

t.test('no test is imported by other code or by a test of another workspace', async t => {
  const all = await Array.fromAsync(
    glob('{shared,webhook,cronjob,cli,deploy,scripts}/**/*.ts', { cwd: root, exclude: path => path.includes('node_modules') }),
  )
  const texts = await Promise.all(all.map(async path => ({ path, text: await readFile(new URL(path, root), 'utf8') })))
  t.ok(texts.length > 300)
  t.strictSame(testImports(texts), [])
  const of = (path: string, from: string) => testImports([{ path, text: `import { a } from '${from}'` }]).length
  t.equal(of('webhook/test/a.test.ts', './b/world.ts'), 0)
  t.equal(of('webhook/test/a.test.ts', '@ecr-anywhere/scripts/testbed/calls.ts'), 0)
  t.equal(of('deploy/test/cluster/a.test.ts', '../../../webhook/test/calls.ts'), 1)
  t.equal(of('scripts/testbed/a.ts', '../../deploy/test/helm.ts'), 1)
  t.equal(of('scripts/e2e/a.ts', './test/b.ts'), 1)
})

t.test('all packages have the same version', async t => {
  for (const folder of ['', 'shared/', 'webhook/', 'cronjob/', 'cli/', 'scripts/']) {
    const {
      version: found,
      dependencies = {},
      devDependencies = {},
    } = JSON.parse(await readFile(new URL(`${folder}package.json`, root), 'utf8'))
    t.equal(found, version, folder)
    const ours = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => name.startsWith('@ecr-anywhere/'))
    for (const [name, wanted] of ours) t.equal(wanted, version, `${folder} ${name}`)
  }
})

const breaking: [about: string, text: string][] = [
  ['the process', 'export const a = () => process.env.A'],
  ['the clock', 'export const a = () => Date.now()'],
  ['the clock through Date', 'export const a = () => new Date()'],
  ['the clock through a default', 'export const a = (now = Date.now) => now()'],
  ['a precise clock', 'export const a = () => performance.now()'],
  ['randomness', 'export const a = () => Math.random()'],
  ['a timer', 'export const a = () => setTimeout(() => {}, 1)'],
  ['a timer of a signal', 'export const a = () => AbortSignal.timeout(1)'],
  ['the console', "export const a = () => console.log('a')"],
  ['the network', "export const a = () => fetch('a')"],
  ['an expression in a template string', ['export const a = () => `at $', '{Date.now()}`'].join('')],
  ['the disk', "import { readFile } from 'node:fs/promises'"],
  ['a child process', "import * as a from 'node:child_process'"],
  ['random bytes', "import { createHash, randomBytes } from 'node:crypto'"],
  ['a module for its effects', "import 'node:http'"],
  ['a package of effects', "import { pino } from 'pino'"],
  ['an import over several lines', "import {\n  a,\n  b,\n} from 'fastify'"],
  ['a re-export', "export { a } from '@aws-sdk/client-ecr'"],
  ['a file in a folder of effects', "import { world } from './http/world.ts'"],
]

const world = { path: 'webhook/src/http/world.ts', text: 'export const world = () => process.env' }

for (const [about, text] of breaking) {
  t.test(`a file that uses ${about} is reported, except in a folder of effects and in main.ts`, async t => {
    t.match(breaches([{ path: 'webhook/src/a.ts', text }, world]), [/^webhook\/src\/a\.ts reaches /])
    for (const path of ['webhook/src/main.ts', ...worlds.map(folder => `webhook/src/${folder}/a.ts`)]) {
      t.strictSame(breaches([{ path, text: text.replace('./http/', '../http/') }, world]), [], path)
    }
  })
}

const harmless: [about: string, text: string][] = [
  ['a comment', '// process.env, Date.now()\n/** console.log(new Date()) */'],
  ['a string', "export const a = 'see console.log and process.env'"],
  ['a pattern with quotes', "export const a = (b: string) => b.replace(/[\"'`]/g, '') // Date.now()"],
  ['a member of the same name', 'export const a = (b: { process: () => void; fetch: () => void }) => b.process() ?? b.fetch()'],
  ['a time that is a parameter', 'export const a = (ms: number) => new Date(ms).toISOString()'],
  ['a type', "import type { FastifyInstance } from 'fastify'\nexport type A = FastifyInstance"],
  ['a hash', "import { createHash, timingSafeEqual } from 'node:crypto'"],
  ['a subcommand that is loaded later', "export const load = () => import('./http/world.ts')"],
]

for (const [about, text] of harmless) {
  t.test(`a file with ${about} is not reported`, async t => t.strictSame(breaches([{ path: 'webhook/src/a.ts', text }, world]), []))
}

const imports: [path: string, from: string, allowed: boolean][] = [
  ['cli/src/a.ts', '@ecr-anywhere/webhook/b.ts', true],
  ['cli/src/a.ts', '@ecr-anywhere/cronjob/b.ts', true],
  ['webhook/src/a.ts', '@ecr-anywhere/shared/b.ts', true],
  ['cronjob/src/c/a.ts', '@ecr-anywhere/shared/b.ts', true],
  ['webhook/src/a.ts', '@ecr-anywhere/cronjob/b.ts', false],
  ['cronjob/src/a.ts', '@ecr-anywhere/webhook/b.ts', false],
  ['cronjob/src/a.ts', '../../webhook/src/b.ts', false],
  ['shared/src/a.ts', '@ecr-anywhere/webhook/b.ts', false],
  ['shared/src/a.ts', '@ecr-anywhere/cli/b.ts', false],
  ['webhook/src/a.ts', '../../scripts/b.ts', false],
  ['webhook/src/a.ts', '@ecr-anywhere/scripts/testbed/b.ts', false],
  ['scripts/testbed/a.ts', '@ecr-anywhere/webhook/b.ts', true],
  ['webhook/src/a.ts', '@ecr-anywhere/cli/b.ts', false],
]

for (const [path, from, allowed] of imports) {
  t.test(`${path} may ${allowed ? '' : 'not '}import ${from}, not even as a type or dynamically`, async t => {
    for (const text of [`import type { B } from '${from}'`, `export const b = () => import('${from}')`]) {
      const target = { path: from.replace(/.*anywhere\/(\w+)\//, '$1/src/').replace('../../', ''), text: '' }
      t.equal(breaches([{ path, text }, target]).filter(breach => breach.startsWith(path)).length, allowed ? 0 : 1, text)
    }
  })
}

t.test(`a file of more than ${maxLines} lines is reported`, async t => {
  t.strictSame(breaches([{ path: 'cli/src/a.ts', text: `${'\n'.repeat(maxLines - 1)}a\n` }]), [])
  t.match(breaches([{ path: 'cli/src/a.ts', text: `${'\n'.repeat(maxLines)}a\n` }]), [/has 201 lines, wanted at most 200/])
})
