import { access, glob, readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { blocksOf } from '../markdown.ts'
import { readPages } from '../pages.ts'

const root = new URL('../../../', import.meta.url)
const textOf = (path: string) => readFile(new URL(path, root), 'utf8')

const folders = (await readdir(root, { withFileTypes: true }))
  .filter(entry => entry.isDirectory() && !/^(?:\..*|node_modules|dist)$/.test(entry.name))
  .map(({ name }) => name)
const inFolders = glob(`{${folders.join(',')}}/**`, { cwd: fileURLToPath(root), exclude: path => basename(path) === 'node_modules' })
const names = new Set([...(await readdir(root)), ...(await Array.fromAsync(inFolders)).map(path => basename(path))])

/** Pages with the names of files on the machines of their readers, or of tests without their ending, which are checked below. */
const withOtherFiles = /^docs\/(?:migrate|identity|seeds|security|consumers\/export)|^CHANGELOG/

for (const [page, text] of await readPages()) {
  if (!withOtherFiles.test(page))
    t.test(`every path that ${page} names exists`, async t => {
      for (const path of pathsIn(text)) t.ok(await exists(path), path)
    })

  t.test(`every command of npm and make that ${page} names exists`, async t => {
    const { scripts } = JSON.parse(await textOf('package.json')) as { scripts: Record<string, string> }
    const targets = [...(await textOf('Makefile')).matchAll(/^([\w:-]+):/gm)].map(([, target]) => target)
    const commands = codeIn(text).flatMap(code => [...code.matchAll(/\b(npm run(?: -s)?|make) ([\w:-]+)/g)])
    for (const [command, verb, name = ''] of commands) t.ok(verb === 'make' ? targets.includes(name) : name in scripts, command)
  })
}

t.test('CONTRIBUTING and the README name paths and commands', async t => {
  for (const page of ['CONTRIBUTING.md', 'README.md']) t.match(codeIn(await textOf(page)).join(' '), /\bmake \w+.* deploy\//s, page)
})

t.test('CONTRIBUTING describes every folder of the repository', async t => {
  const text = await textOf('CONTRIBUTING.md')
  for (const folder of folders) t.match(text, new RegExp(`^\\| \`${folder}/\` \\| \\S`, 'm'), folder)
})

t.test('CONTRIBUTING names ten rules, each with its file and the function in it', async t => {
  const rows = [...(await textOf('CONTRIBUTING.md')).matchAll(/^\| [A-Z].*\. \| `(\S+\.ts)` \| `(\w+)` \|$/gm)]
  t.equal(rows.length, 10)
  for (const [, path = '', name = ''] of rows) t.match(await textOf(path), new RegExp(`\\bfunction ${name}\\b`), `${path}: ${name}`)
})

t.test('every test that the security page names exists', async t => {
  const text = await textOf('docs/security.md')
  const tests = [...text.matchAll(/`((?:attacks|\w+\/test)\/[\w/-]+)`/g)].map(([, path = '']) => path)
  for (const path of tests) t.ok(await exists(`${path.replace(/^attacks\//, 'deploy/test/cluster/attacks/')}.test.ts`), path)
  t.ok(tests.length > 30)
})

/** Whether a path exists. Several parts begin at the root. A single name, such as `main.ts` or `kube/`, may be of any file or folder. */
async function exists(path: string): Promise<boolean> {
  const parts = path.split('/').filter(part => part !== '')
  if (parts.length === 1) return names.has(parts[0] ?? '')
  return access(new URL(path, root)).then(
    () => true,
    () => false,
  )
}

/** The words of code that begin with a folder of this repository or look like a file or folder, except absolute paths. */
function pathsIn(text: string): string[] {
  const words = codeIn(text).flatMap(code => code.split(/[\s,;()"']+/))
  return [...new Set(words)].filter(
    word =>
      !word.includes('*') &&
      /^[\w.-]+(?:\/|$)/.test(word) &&
      (folders.some(folder => word.startsWith(`${folder}/`)) || isFileOrFolder(word)),
  )
}

function isFileOrFolder(word: string): boolean {
  return /\.(?:ts|mjs|json|md|sh|tpl|txt)$|[^:>]\/$/.test(word)
}

/** The text in backticks, and in code blocks of commands or without a language. */
function codeIn(text: string): string[] {
  const blocks = blocksOf(text).flatMap(({ language, text: code }) => (['', 'sh'].includes(language) ? [code] : []))
  const spans = [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
  return [...blocks, ...spans]
}
