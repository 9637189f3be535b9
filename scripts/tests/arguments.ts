import { glob } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { kubernetesVersion } from '../cluster/versions.ts'
import { compatibilityFiles } from './compatibility.ts'

const suites = ['unit', 'command', 'cluster', 'compatibility', 'e2e'] as const
export type Suite = (typeof suites)[number]

export interface TestArguments {
  suite: Suite
  /** Full versions. At most one, except for the suite `compatibility`. */
  kubernetes: string[]
  /** Whether the command line names the files. */
  named: boolean
  /** The files to run, by their paths from the root of the repository. */
  files: readonly string[]
}

/** The tests of each suite. Those of none of these are unit tests. */
const globs = {
  // These run the command as its users do, in processes of its own.
  command: [
    'cli/test/main.test.ts',
    'cli/test/export/{output,recipes,refusals-*,sources}.test.ts',
    'cronjob/test/gcp-sync/{failures,killed,many,program}.test.ts',
  ],
  // Tests of the chart run Helm hundreds of times, so they are not unit tests.
  cluster: [
    'deploy/test/**/*.test.ts',
    '{shared,webhook,cronjob,cli,deploy,scripts}/**/test/cluster/**/*.test.ts',
    'scripts/cluster/test/*.test.ts',
  ],
  e2e: ['scripts/e2e/test/*.test.ts'],
} as const
/**
 * The tests of the suite `e2e` that take 5 to 10 minutes each, because they observe a cluster for that long. They start first, so that none of them
 * is left to run alone at the end. With `--short` they do not run.
 */
const long = ['upgrade', 'mode', 'rotation', 'alert-times'].map(name => `scripts/e2e/test/${name}.test.ts`)
const all = ['{shared,webhook,cronjob,cli,deploy,scripts}/**/test/**/*.test.ts']

/** @throws Error for a suite, an option, a version or a file that does not exist */
export async function readArguments(args: string[]): Promise<TestArguments> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { kubernetes: { type: 'string', multiple: true }, short: { type: 'boolean', default: false } },
  })
  const [name = 'unit', ...named] = positionals
  const suite = suites.find(suite => suite === name)
  if (suite === undefined) throw new Error(`found the suite ${name}; expected ${suites.join(', ')}`)
  const kubernetes = (values.kubernetes ?? []).map(kubernetesVersion)
  if (suite !== 'compatibility' && kubernetes.length > 1) {
    throw new Error(
      `found --kubernetes ${kubernetes.length} times; expected it once, or the suite compatibility, which takes several versions`,
    )
  }
  if (values.short && suite !== 'e2e') throw new Error(`found --short with the suite ${suite}; expected it with e2e only`)
  const isNamed = named.length > 0
  return { suite, kubernetes, named: isNamed, files: isNamed ? await namedFiles(named) : await filesOf(suite, values.short) }
}

/** @returns the files, in the order of the command line @throws Error for a name or a pattern without a file, because tap would pass without a test */
async function namedFiles(named: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const one of named) {
    const matched = await found([one])
    if (matched.length === 0) throw new Error(`found no file ${one}; expected tests, by name or as a pattern`)
    files.push(...matched)
  }
  return [...new Set(files)]
}

async function filesOf(suite: Suite, isShort: boolean): Promise<readonly string[]> {
  if (suite === 'compatibility') return compatibilityFiles
  if (suite === 'e2e') {
    const short = (await found(globs.e2e)).filter(file => !long.includes(file))
    return isShort ? short : [...long, ...short]
  }
  if (suite !== 'unit') return await found(globs[suite])
  const others = new Set(await found(Object.values(globs).flat()))
  return (await found(all)).filter(file => !others.has(file))
}

async function found(patterns: readonly string[]): Promise<string[]> {
  return [...new Set(await Array.fromAsync(glob(patterns, { exclude: ['**/node_modules/**'] })))].sort()
}
