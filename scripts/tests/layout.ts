/** The layout rules, which are checked on the text of files. They are tested by `shared/test/layout.test.ts`. */

export interface SourceFile {
  /** The path from the root of the repository, with `/`. */
  path: string
  text: string
}

/** The other workspaces that a workspace may import. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  cli: ['webhook', 'cronjob', 'shared'],
  webhook: ['shared'],
  cronjob: ['shared'],
  shared: [],
  scripts: ['cli', 'webhook', 'cronjob', 'shared'],
}

/** The names of folders with effects. Each `main.ts` may also have effects. */
export const worlds: readonly string[] = ['aws', 'kube', 'http', 'google', 'files', 'random']
export const maxLines = 200

/** The external modules, or names of them, that pure files may import. */
const pureModules: Readonly<Record<string, readonly string[] | 'all'>> = {
  yaml: 'all',
  zod: 'all',
  'node-forge': 'all',
  'node:crypto': ['createHash', 'timingSafeEqual', 'createPrivateKey', 'X509Certificate'],
  'node:net': ['isIP'],
  'node:buffer': ['isUtf8'],
}

/** Globals for the clock, timers, randomness, the process, the network or a terminal. */
const ambientCode: readonly RegExp[] = [
  /(?<![.\w])(?:process|console|performance|globalThis)\b(?!\s*:)/,
  /(?<![.\w])(?:setTimeout|setInterval|setImmediate|fetch|require)\s*\(/,
  /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )(?<![.\w])Date\(/,
  /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\bAbortSignal\.timeout\b|\bimport\.meta\b/,
]

/** @returns every violation of the rules as a line with the file */
export function breaches(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map(file => [file.path, file]))
  return files.flatMap(file => [
    ...tooLong(file),
    ...forbiddenArrows(file),
    ...(isEffects(file.path) ? [] : ambientReach(file, byPath).map(reach => `${file.path} reaches ${reach}`)),
  ])
}

/** @returns every import of a test by other code or by a test of another workspace. Shared test code is in `scripts/testbed/` */
export function testImports(files: readonly SourceFile[]): string[] {
  const isTest = (path: string) => path.includes('/test/')
  return files.flatMap(({ path, text }) => {
    const tests = importsIn(text)
      .flatMap(({ from }) => resolved(from, path) ?? [])
      .filter(isTest)
    return tests.filter(to => !isTest(path) || to.split('/')[0] !== path.split('/')[0]).map(to => `${path} imports the test ${to}`)
  })
}

/** @returns whether this file may have effects */
export function isEffects(path: string): boolean {
  const folders = path.split('/')
  return folders.at(-1) === 'main.ts' || folders.some(folder => worlds.includes(folder))
}

function tooLong({ path, text }: SourceFile): string[] {
  const lines = text.trimEnd().split('\n').length
  return lines <= maxLines ? [] : [`${path} has ${lines} lines, wanted at most ${maxLines}`]
}

function forbiddenArrows({ path, text }: SourceFile): string[] {
  const [own = ''] = path.split('/')
  const workspaces = importsIn(text).map(({ from }) => workspaceOf(from, path))
  return workspaces
    .filter(to => to !== undefined && to !== own && arrows[own]?.includes(to) !== true)
    .map(to => `${path} imports from ${to}: ${own} may import from ${arrows[own]?.join(', ') || 'no workspace'}`)
}

/** @returns the effects of a file itself, or of the files that it imports */
function ambientReach(file: SourceFile, byPath: ReadonlyMap<string, SourceFile>, seen = new Set<string>()): string[] {
  if (seen.has(file.path)) return []
  seen.add(file.path)
  const code = codeOf(file.text)
  const globals = ambientCode.flatMap(pattern => pattern.exec(code)?.[0] ?? [])
  return importsIn(file.text)
    .filter(({ kind }) => kind === 'value')
    .flatMap(({ from, names }) => {
      const target = byPath.get(resolved(from, file.path) ?? '')
      if (target !== undefined) return ambientReach(target, byPath, seen).map(reach => `${reach} through ${target.path}`)
      const pure = pureModules[from] ?? []
      return pure === 'all' || (names.length > 0 && names.every(name => pure.includes(name))) ? [] : [from]
    })
    .concat(globals)
}

interface Import {
  kind: 'value' | 'type' | 'dynamic'
  names: string[]
  from: string
}

function importsIn(text: string): Import[] {
  const code = withoutComments(text)
  const fixed = [...code.matchAll(/^(?:import|export)\s+(type\s)?([^'"`;]*?)\bfrom\s*'([^']+)'/gm)].map(
    ([, type, names = '', from = '']): Import => ({ kind: type === undefined ? 'value' : 'type', names: namesIn(names), from }),
  )
  const bare = [...code.matchAll(/^import\s*'([^']+)'/gm)].map(([, from = '']): Import => ({ kind: 'value', names: [], from }))
  const dynamic = [...code.matchAll(/\bimport\(\s*'([^']+)'/g)].map(([, from = '']): Import => ({ kind: 'dynamic', names: [], from }))
  return [...fixed, ...bare, ...dynamic]
}

function namesIn(clause: string): string[] {
  const parts = clause.replace(/[{}]/g, '').split(',')
  return parts
    .map(part =>
      part
        .trim()
        .replace(/^type\s+/, '')
        .replace(/\s+as\s.*/, ''),
    )
    .filter(name => name !== '')
}

/** @returns the path of an import from this repository, or undefined for an external package */
function resolved(from: string, importer: string): string | undefined {
  const [, workspace, rest] = /^@ecr-anywhere\/(\w+)\/(.+)$/.exec(from) ?? []
  if (workspace === 'scripts') return `scripts/${rest}`
  if (workspace !== undefined) return `${workspace}/src/${rest}`
  return from.startsWith('.') ? new URL(from, `file:///${importer}`).pathname.slice(1) : undefined
}

function workspaceOf(from: string, importer: string): string | undefined {
  return resolved(from, importer)?.split('/')[0]
}

const strings = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/
const comments = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/
const patterns = /(?<=[(,=:[!&|?{};]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/
const tokens = new RegExp([strings, patterns, comments].map(({ source }) => source).join('|'), 'g')

function withoutComments(text: string): string {
  return text.replace(tokens, token => (/^\/[/*]/.test(token) ? '' : token))
}

/** Removes comments and strings, except the expressions in template strings. */
function codeOf(text: string): string {
  return text.replace(tokens, token => (token.startsWith('`') ? (token.match(/\$\{[^}]*\}/g) ?? []).join(' ') : "''"))
}
