import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { matchesGlob, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { MutantResult } from '@stryker-mutator/api/core'
import { Stryker } from '@stryker-mutator/core'
import { equivalents } from './equivalent.ts'
import { judge, type Outcome } from './judge.ts'
import { deciding, type Rules, rules } from './rules.ts'

/** Changes the rules one at a time in a copy of the tree, and reports each change that no unit test detects. Arguments restrict the files. */
const { positionals, values } = parseArgs({ allowPositionals: true, options: { jobs: { type: 'string', default: '1' } } })
// Loading Node and tap takes most of a run, so their compiled code is cached.
process.env.NODE_COMPILE_CACHE ??= resolve('.tap/mutation-cache')
const outcomes: Outcome[] = []
for (const some of rules) outcomes.push(...(await outcomesOf(some)))
const missing = positionals.filter(file => !outcomes.some(outcome => outcome.file === file))
if (missing.length > 0) throw new Error(`found no mutants of ${missing.join(', ')}; wanted files that scripts/mutation/rules.ts lists`)
const isDeciding = (file: string) => deciding.some(pattern => matchesGlob(file, pattern))
const { files, percent, survivors, problems } = judge(outcomes, { equivalents, isDeciding })

for (const { file, line, text, original, replacement } of survivors) {
  console.log(`\n${file}:${line}  ${text}\n  - ${original}\n  + ${replacement}`)
}
console.table(Object.fromEntries(files.map(({ file, ...counts }) => [file, counts])))
console.log(`${percent} % of the mutants were killed, ${survivors.length} survived`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

async function outcomesOf({ files, tests }: Rules): Promise<Outcome[]> {
  const mutate = (await Array.fromAsync(glob(files))).filter(file => positionals.length === 0 || positionals.includes(file))
  if (mutate.length === 0) return []
  const stryker = new Stryker({
    mutate,
    testRunner: 'tap',
    tap: { testFiles: await Array.fromAsync(glob(tests)), nodeArgs: ['-r', '{{hookFile}}', '{{testFile}}'] },
    plugins: ['@stryker-mutator/tap-runner', './scripts/mutation/prose.ts'],
    ignorers: ['prose'],
    // The limit is long, because a busy machine must not be treated as an endless loop.
    timeoutMS: 20_000,
    concurrency: Number(values.jobs),
    reporters: ['progress-append-only'],
    tempDirName: '.tap/mutation',
    ignorePatterns: ['*', '!package.json', '!{shared,webhook,cronjob,cli,scripts}/**', '!deploy/chart/files/**'],
    symlinkNodeModules: false,
    buildCommand: 'node scripts/mutation/link.ts',
    // This file does not exist. Stryker would read it with the TypeScript compiler, which has no JavaScript API since version 7.
    tsconfigFile: 'none.json',
  })
  return (await stryker.runMutationTest()).map(outcomeOf)
}

/** Lines and columns of a location are counted from 1. */
function outcomeOf({ fileName, location: { start, end }, replacement = '', status }: MutantResult): Outcome {
  const lines = readFileSync(fileName, 'utf8').split('\n')
  const touched = lines.slice(start.line - 1, end.line)
  const result =
    status === 'Survived' || status === 'NoCoverage' ? 'survived' : status === 'Killed' || status === 'Timeout' ? 'detected' : 'invalid'
  return {
    file: relative('.', fileName),
    line: start.line,
    text: (touched[0] ?? '').trim(),
    original: [...touched.slice(0, -1), (touched.at(-1) ?? '').slice(0, end.column - 1)].join('\n').slice(start.column - 1),
    replacement,
    result,
  }
}
