/** The rules of where things live, checked on text alone. The test of them is `shared/test/layout.test.ts`. */

export interface SourceFile {
  /** From the repository's root, with `/`. */
  path: string
  text: string
}

/** Which workspaces a workspace may import, itself aside. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  cli: ['webhook', 'cronjob', 'shared'],
  webhook: ['shared'],
  cronjob: ['shared'],
  shared: [],
  scripts: ['cli', 'webhook', 'cronjob', 'shared'],
}

/** A folder of one of these names holds effects; so does each `main.ts`. */
export const worlds: readonly string[] = ['aws', 'kube', 'http', 'google', 'files', 'random']
export const maxLines = 200

/** What else may be imported by files that reach nothing ambient: all of a module, or names of it. */
const pureModules: Readonly<Record<string, readonly string[] | 'all'>> = {
  yaml: 'all',
  zod: 'all',
  'node-forge': 'all',
  'node:crypto': ['createHash', 'timingSafeEqual', 'createPrivateKey', 'X509Certificate'],
  'node:net': ['isIP'],
}

/** Globals by which code reaches the clock, timers, randomness, the process, the network or a terminal. */
const ambientCode: readonly RegExp[] = [
  /(?<![.\w])(?:process|console|performance|globalThis)\b(?!\s*:)/,
  /(?<![.\w])(?:setTimeout|setInterval|setImmediate|fetch|require)\s*\(/,
  /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )(?<![.\w])Date\(/,
  /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\bAbortSignal\.timeout\b|\bimport\.meta\b/,
]

/** Every breach of the rules, each a line that names the file. */
export function breaches(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map(file => [file.path, file]))
  return files.flatMap(file => [
    ...tooLong(file),
    ...forbiddenArrows(file),
    ...(isEffects(file.path) ? [] : ambientReach(file, byPath).map(reach => `${file.path} reaches ${reach}`)),
  ])
}

/** Every import of a test by what is no test, or by a test of another workspace: what they share is in `scripts/testbed/`. */
export function testImports(files: readonly SourceFile[]): string[] {
  const isTest = (path: string) => path.includes('/test/')
  return files.flatMap(({ path, text }) => {
    const tests = importsIn(text)
      .flatMap(({ from }) => resolved(from, path) ?? [])
      .filter(isTest)
    return tests.filter(to => !isTest(path) || to.split('/')[0] !== path.split('/')[0]).map(to => `${path} imports the test ${to}`)
  })
}

/** May this file reach the outside? */
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
    .map(to => `${path} imports from ${to}: ${own} may import from ${arrows[own]?.join(', ') || 'nobody'}`)
}

/** What a file reaches by itself, or through the files that it imports. */
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

/** Path of an import from within the repository; undefined for a package of others. */
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

/** Only what runs: no comments, no texts but the expressions in them. */
function codeOf(text: string): string {
  return text.replace(tokens, token => (token.startsWith('`') ? (token.match(/\$\{[^}]*\}/g) ?? []).join(' ') : "''"))
}
