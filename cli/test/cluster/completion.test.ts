import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ensureBinaries } from '@ecr-anywhere/scripts/cluster/build.ts'
import { type Outcome, run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { cleanEnv, commandFile, ecrAnywhere } from '@ecr-anywhere/scripts/testbed/command.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'

const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-completion-'))
t.teardown(() => rm(dir, { recursive: true }))
const kubectl = join(await ensureBinaries('controlplane'), 'kubectl')
const program = `#!/bin/sh\nexec '${process.execPath}' '${commandFile}' "$@"\n`
const scriptFor = async (shell: string) => must(ecrAnywhere(['completion', shell], {}))
const inPath: [name: string, text: string][] = [
  ['ecr-anywhere', program],
  ['kubectl-ecr_anywhere', program],
  ['kubectl_complete-ecr_anywhere', await scriptFor('kubectl')],
]
for (const [name, text] of inPath) {
  await writeFile(join(dir, name), text)
  await chmod(join(dir, name), 0o755)
}
const env = cleanEnv({ PATH: `${dir}:${process.env.PATH}`, HOME: dir, TERM: 'dumb' })
const shell = (file: string, ...args: string[]): Promise<Outcome> => run(file, args, { env })
const skipWithout = async (file: string) => {
  const isInstalled = await run('sh', ['-c', `command -v ${file}`]).then(({ code }) => code === 0)
  return isInstalled ? false : `${file} is not installed on this machine`
}

/** The words of a command line, of which the last is completed, and what it may become. Bash takes `=` for a word of its own. */
const cases: [words: string[], candidates: string[]][] = [
  [['ecr-anywhere', 'sta'], ['status']],
  [['ecr-anywhere', 'status', '--no'], ['--no-usage']],
  [
    ['ecr-anywhere', 'status', '-o', ''],
    ['table', 'wide', 'json', 'yaml'],
  ],
]

t.test('bash completes subcommands, options and values', async t => {
  const file = join(dir, 'completion.bash')
  await writeFile(file, await scriptFor('bash'))
  const withEquals: typeof cases = [[['ecr-anywhere', 'status', '--output', '=', 'js'], ['json']]]
  for (const [words, candidates] of [...cases, ...withEquals]) {
    const array = words.map(word => `'${word}'`).join(' ')
    const text = `source '${file}'; COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _ecr_anywhere; printf '%s\\n' "\${COMPREPLY[@]}"`
    t.strictSame((await must(shell('bash', '--norc', '-c', text))).trim().split('\n'), candidates, words.join(' '))
  }
})

t.test('fish completes them with their descriptions', { skip: await skipWithout('fish') }, async t => {
  const file = join(dir, 'completion.fish')
  await writeFile(file, await scriptFor('fish'))
  for (const [words, candidates] of [...cases, [['ecr-anywhere', 'status', '--output=js'], ['--output=json']] as (typeof cases)[number]]) {
    const lines = (await must(shell('fish', '--no-config', '-c', `source '${file}'; complete -C '${words.join(' ')}'`))).trim().split('\n')
    t.strictSame(lines.map(line => line.split('\t')[0]).sort(), candidates.toSorted(), words.join(' '))
  }
  t.match(
    await must(shell('fish', '--no-config', '-c', `source '${file}'; complete -C 'ecr-anywhere sta'`)),
    /^status\tshow the managed Secrets/,
  )
})

t.test('zsh completes them at the key Tab', { skip: await skipWithout('zsh') }, async t => {
  await writeFile(join(dir, '_ecr-anywhere'), await scriptFor('zsh'))
  // A pseudo-terminal with an interactive zsh, which prints the completed line.
  const lines = [
    'zmodload zsh/zpty',
    'zpty z zsh -f -i',
    `zpty -w z 'fpath=(${dir} $fpath); autoload -U compinit; compinit -u -D; bindkey "^I" complete-word; echo is-''ready'`,
    "zpty -r -m z out '*is-ready*'",
    "zpty -w -n z $'ecr-anywhere stat\\t--output=js\\t--no\\t'",
    "zpty -r -m z out '*no-usage*'",
    'print -r -- "$out"',
  ]
  const { code, stdout } = await shell('zsh', '-f', '-c', lines.join('\n'))
  t.equal(code, 0)
  t.match(stripVTControlCharacters(stdout).replaceAll(/[\b\r]/g, ''), /status.*--output=json.*--no-usage/s)
})

t.test('kubectl completes the words of its plugin, and runs it', async t => {
  for (const [[, ...words], candidates] of cases) {
    const { stdout } = await shell(kubectl, '__complete', 'ecr-anywhere', ...words)
    const lines = stdout.trim().split('\n')
    t.strictSame(
      lines.slice(0, -1).map(line => line.split('\t')[0]),
      candidates,
    )
    t.equal(lines.at(-1), ':4')
  }
  t.match(await shell(kubectl, 'ecr-anywhere', 'completion', 'tcsh'), {
    code: 2,
    stdout: '',
    stderr: /<shell>: found "tcsh", wanted bash, zsh, fish, kubectl/,
  })
})
